#include "common/cgroup.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/system_file.h"

/* The folder of a group, and where the climb to its parents ends. */
struct group {
    char folder[PATH_MAX];
    size_t top_length;
};

struct mount {
    char *root, *point, *type, *options; /* borrowed from the line */
};

/* Is `word` one of the words of "a,b,c"? */
static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (;;) {
        size_t item = strcspn(list, ",");
        if (item == length && memcmp(list, word, length) == 0)
            return true;
        if (list[item] == '\0')
            return false;
        list += item + 1;
    }
}

/* mountinfo writes blanks and backslashes in paths as three octal digits. */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0';) {
        if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' &&
            from[2] <= '7' && from[3] >= '0' && from[3] <= '7') {
            *to++ = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
            from += 4;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

/* "31 23 0:28 ROOT POINT rw,relatime shared:1 - TYPE source OPTIONS" */
static bool split_mount(char *line, struct mount *mount)
{
    char *tail = strstr(line, " - ");
    if (tail == NULL)
        return false;
    *tail = '\0';
    tail += 3;
    tail[strcspn(tail, "\n")] = '\0';

    char *rest = line, *fields[5];
    for (size_t i = 0; i < 5; i++)
        fields[i] = strsep(&rest, " ");
    mount->root = fields[3];
    mount->point = fields[4];
    mount->type = strsep(&tail, " ");
    strsep(&tail, " ");
    mount->options = tail;
    if (mount->point == NULL || mount->options == NULL)
        return false;
    unescape(mount->root);
    unescape(mount->point);
    return true;
}

/* The process's path within the hierarchy of `controller` (NULL: version 2). Owned; or NULL. */
static char *own_path(const char *root, const char *controller)
{
    char name[PATH_MAX];
    snprintf(name, sizeof(name), "%s/proc/self/cgroup", root);
    FILE *file = fopen(name, "re");
    if (file == NULL)
        return NULL;
    char *line = NULL, *path = NULL;
    size_t capacity = 0;
    while (path == NULL && getline(&line, &capacity, file) >= 0) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *tail = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
        if (tail == NULL)
            continue;
        *tail = '\0';
        bool wanted =
            controller != NULL ? list_has(controllers + 1, controller) : strcmp(line, "0:") == 0;
        if (wanted)
            path = strdup(tail + 1);
    }
    free(line);
    fclose(file);
    return path;
}

/* The part of a path that lies below what is mounted; "" when it does not lie there, as with a
 * group outside this process's namespace: the mount's own group is then the nearest known. */
static const char *below_mount(const char *mount_root, const char *path)
{
    size_t length = strcmp(mount_root, "/") == 0 ? 0 : strlen(mount_root);
    if (strncmp(path, mount_root, length) != 0 || (path[length] != '/' && path[length] != '\0'))
        return "";
    path += length;
    bool is_root = strcmp(path, "/") == 0;
    return is_root || strstr(path, "/..") != NULL ? "" : path;
}

/* Fills `group` for a mount; true when the process's own folder is there. */
static bool locate(const char *root, const struct mount *mount, const char *path,
                   struct group *group)
{
    const char *point = strcmp(mount->point, "/") == 0 ? "" : mount->point;
    const char *below = below_mount(mount->root, path);
    int top = snprintf(group->folder, sizeof(group->folder), "%s%s", root, point);
    if (top < 0 || (size_t)top >= sizeof(group->folder))
        return false;
    group->top_length = (size_t)top;

    size_t room = sizeof(group->folder) - group->top_length;
    int added = snprintf(group->folder + top, room, "%s", below);
    if (added > 0 && (size_t)added < room && access(group->folder, F_OK) == 0)
        return true;
    group->folder[top] = '\0';
    return false;
}

/* The group of this process under `controller` (NULL: version 2); false: no such hierarchy. */
static bool find_group(const char *root, const char *controller, struct group *group)
{
    char *path = own_path(root, controller);
    char name[PATH_MAX];
    snprintf(name, sizeof(name), "%s/proc/self/mountinfo", root);
    FILE *file = path != NULL ? fopen(name, "re") : NULL;
    if (file == NULL) {
        free(path);
        return false;
    }
    char *line = NULL;
    size_t capacity = 0;
    bool found = false, is_own = false;
    while (!is_own && getline(&line, &capacity, file) >= 0) {
        struct mount mount;
        if (!split_mount(line, &mount))
            continue;
        bool wanted = controller != NULL
                          ? strcmp(mount.type, "cgroup") == 0 && list_has(mount.options, controller)
                          : strcmp(mount.type, "cgroup2") == 0;
        if (!wanted)
            continue;
        struct group candidate;
        is_own = locate(root, &mount, path, &candidate);
        if (is_own || !found)
            *group = candidate;
        found = true;
    }
    free(line);
    fclose(file);
    free(path);
    return found;
}

/* Moves to the parent; false at the top. */
static bool climb(struct group *group)
{
    char *slash = strrchr(group->folder + group->top_length, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return true;
}

/* A file of the group, its first line or the line of a key (NULL: the first); false: no number. */
static bool group_number(const struct group *group, const char *file, const char *key,
                         uint64_t *number)
{
    char path[PATH_MAX + 64], text[64];
    snprintf(path, sizeof(path), "%s/%s", group->folder, file);
    bool read = key != NULL ? system_file_value(path, key, text, sizeof(text))
                            : system_file_line(path, text, sizeof(text));
    return read && system_number(text, number);
}

struct memory_files {
    const char *limits[2], *usage, *reclaimable;
};

static uint64_t group_memory_room(const struct group *group, const struct memory_files *files)
{
    uint64_t limit = UINT64_MAX;
    for (size_t i = 0; i < 2; i++) {
        uint64_t number;
        if (files->limits[i] != NULL && group_number(group, files->limits[i], NULL, &number) &&
            number < limit)
            limit = number;
    }
    uint64_t used = 0, reclaimable = 0;
    if (limit == UINT64_MAX || !group_number(group, files->usage, NULL, &used))
        return limit;
    if (group_number(group, "memory.stat", files->reclaimable, &reclaimable))
        used -= reclaimable < used ? reclaimable : used;
    return used < limit ? limit - used : 0;
}

uint64_t cgroup_memory_room_bytes(const char *root)
{
    /* memory.high kills nobody, but a process above it is slowed down until it hardly runs. */
    static const struct memory_files v1 = {
        {"memory.limit_in_bytes", NULL}, "memory.usage_in_bytes", "total_inactive_file"};
    static const struct memory_files v2 = {
        {"memory.max", "memory.high"}, "memory.current", "inactive_file"};
    uint64_t least = UINT64_MAX;
    for (int version = 1; version <= 2; version++) {
        struct group group;
        if (!find_group(root, version == 1 ? "memory" : NULL, &group))
            continue;
        do {
            uint64_t room = group_memory_room(&group, version == 1 ? &v1 : &v2);
            least = room < least ? room : least;
        } while (climb(&group));
    }
    return least;
}

/* CPUs' worth of time; 0: no limit. */
static double group_quota(const struct group *group, int version)
{
    uint64_t quota, period;
    if (version == 1) {
        if (!group_number(group, "cpu.cfs_quota_us", NULL, &quota) ||
            !group_number(group, "cpu.cfs_period_us", NULL, &period))
            return 0;
    } else {
        char path[PATH_MAX + 64], text[64];
        snprintf(path, sizeof(path), "%s/cpu.max", group->folder);
        if (!system_file_line(path, text, sizeof(text)) || !system_number(text, &quota))
            return 0;
        const char *blank = strchr(text, ' ');
        if (blank == NULL || !system_number(blank + 1, &period))
            return 0;
    }
    return period > 0 ? (double)quota / (double)period : 0;
}

double cgroup_cpu_quota(const char *root)
{
    double least = 0;
    for (int version = 1; version <= 2; version++) {
        struct group group;
        if (!find_group(root, version == 1 ? "cpu" : NULL, &group))
            continue;
        do {
            double quota = group_quota(&group, version);
            if (quota > 0 && (least == 0 || quota < least))
                least = quota;
        } while (climb(&group));
    }
    return least;
}
