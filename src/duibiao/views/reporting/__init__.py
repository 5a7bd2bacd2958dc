"""The round of reporting as pages show it: what is due, one return cell by cell, review, publishing, quality."""
