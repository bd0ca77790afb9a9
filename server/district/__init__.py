"""The district's own data: stations, people, matters, texts; demo data and their import."""
