"""Several hosts on one machine: the product as it runs where each part has a host of its own."""
