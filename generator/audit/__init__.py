"""Check the lineage of many models at once: read tables of metadata, follow what is inherited, report what is wrong."""
