"""Does `rihla compare` say what RTG vcfeval says? Both judge the same files; their verdicts are held side by side."""
