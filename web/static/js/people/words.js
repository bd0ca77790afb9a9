/** The roles, as people say them. */

export const ROLES = Object.freeze({
  mediator: "调解员",
  lawyer: "律师",
  admin: "管理员",
  supervisor: "督导",
});
