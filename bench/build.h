/* How this program was built, as far as it bears on what it measures. */
#ifndef ACCELBENCH_BENCH_BUILD_H
#define ACCELBENCH_BENCH_BUILD_H

struct json_writer;

struct build {
    const char *version, *git, *compiler, *type, *flags;
    const char *sanitizers; /* as after -fsanitize=; empty: none */
};

extern const struct build this_build;

/* An object of that key. */
void build_write_json(const struct build *build, const char *key, struct json_writer *json);

#endif
