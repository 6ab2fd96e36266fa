"""What the product is measured against, kept here so that each ratio comes from one run."""
