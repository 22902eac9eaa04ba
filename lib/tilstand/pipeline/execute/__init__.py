"""Execute chapters with papermill, in kernels forked warm."""
