"""The pages of the shop, one file per kind: values in, markup out."""
