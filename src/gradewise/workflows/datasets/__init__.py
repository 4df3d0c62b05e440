"""From a plan to essays that are ready: read, checked, filtered, corrected, split, with their origin."""
