"""Review: changes that wait beside the records in force until they are approved, step by step."""
