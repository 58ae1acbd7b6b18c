"""The checks of HITL Desktop. A package, because some libraries install a package named tests of their own."""
