"""The service: composition, settings, storage, features and the media relay."""
