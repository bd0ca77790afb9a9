"""The live wire: commands from pages, views to pages."""
