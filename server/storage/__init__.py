"""The database: engine, schema and migrations. The truth lives here."""
