#ifndef SLUICE_COMMIT_H
#define SLUICE_COMMIT_H

// The commit that the program was built from, character by character: 0 from its end on, and at once in a build that
// nobody told which it is. `make build` links an object that tells it (STAMP in the Makefile).
char sluice_commit_character(int index);

#endif
