"""What knows no business: readers of formats."""
