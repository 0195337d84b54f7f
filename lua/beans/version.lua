-- The one place that names the version: the Makefile builds it into the module, core.lua compares the two.
return '0.1.0'
