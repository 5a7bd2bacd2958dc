"""duibiao (对标): holds an education authority's reality against its plan."""
