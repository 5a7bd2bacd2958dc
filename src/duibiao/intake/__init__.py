"""The one door through which schools, districts and the city report: templates out, files in, everything checked."""
