#include "bench/build.h"

#include "common/json.h"
#include "config.h"

const struct build this_build = {
    .version = AB_VERSION,
    .git = AB_GIT,
    .compiler = AB_COMPILER,
    .type = AB_BUILD_TYPE,
    .flags = AB_C_FLAGS,
    .sanitizers = AB_SANITIZE,
};

void build_write_json(const struct build *build, const char *key, struct json_writer *json)
{
    json_begin_object(json, key);
    json_string(json, "version", build->version);
    json_string(json, "git", build->git);
    json_string(json, "compiler", build->compiler);
    json_string(json, "type", build->type);
    json_string(json, "flags", build->flags);
    json_string(json, "sanitizers", build->sanitizers);
    json_end_object(json);
}
