/* What --help and the manual page explain in the same words. */
#ifndef ACCELBENCH_BENCH_HELP_H
#define ACCELBENCH_BENCH_HELP_H

struct help_term {
    const char *name, *meaning;
};

struct help_note {
    const char *heading, *text;    /* text: NULL where the terms say it all */
    const struct help_term *terms; /* ends with name NULL; or NULL */
};

extern const struct help_note help_notes[]; /* ends with heading NULL */

#endif
