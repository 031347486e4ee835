#include "bench/break_even.h"

#include <math.h>

const char *break_even_status_name(enum break_even_status status)
{
    static const char *const names[] = {
        [BREAK_EVEN_WINS_FROM] = "wins_from",
        [BREAK_EVEN_WINS_ALWAYS] = "wins_always",
        [BREAK_EVEN_NEVER] = "never",
        [BREAK_EVEN_MIXED] = "mixed",
    };
    return names[status];
}

static int sign(double log_ratio)
{
    return log_ratio > 0 ? 1 : -1; /* a tie is no win */
}

/* Who wins at this point: 1 the contender, -1 the baseline, 0 nobody can tell. */
static int winner(const struct break_even_point *point)
{
    if (isnan(point->ci.low))
        return sign(log(point->ratio));
    return point->ci.low > 1 ? 1 : point->ci.high < 1 ? -1 : 0;
}

/* Who wins at the beginning: the first of whom it can be told; but a contender that is told to win
 * only later, and whose ratio begins below 1, has a crossing to be looked for. 0: nobody anywhere.
 */
static int first_winner(const struct break_even_point *points, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (winner(&points[i]) < 0 || (winner(&points[i]) > 0 && i == 0))
            return winner(&points[i]);
        else if (winner(&points[i]) > 0)
            return sign(log(points[0].ratio));
    return 0;
}

enum curve { CURVE_RATIO, CURVE_LOW, CURVE_HIGH };

static double log_of(const struct break_even_point *point, enum curve curve)
{
    return log(curve == CURVE_RATIO ? point->ratio
               : curve == CURVE_LOW ? point->ci.low
                                    : point->ci.high);
}

/* Where a curve passes 1 between two neighbours; NAN where it does not, or is not known. */
static double pass(const struct break_even_point *left, enum curve curve)
{
    const struct break_even_point *right = left + 1;
    const double from = log_of(left, curve), to = log_of(right, curve);
    if (isnan(from) || isnan(to) || (from > 0) == (to > 0))
        return NAN;
    return exp(log(left->bytes) + log(right->bytes / left->bytes) * from / (from - to));
}

/* Of the sizes around `from` at which a difference cannot be told: the least or the greatest. NAN
 * where the measured range ends first. */
static double reach(const struct break_even_point *points, size_t count, size_t gap, double from,
                    bool upwards, enum curve curve)
{
    for (;;) {
        const double at = pass(&points[gap], curve);
        if (upwards ? at >= from : at <= from)
            return at;
        if (upwards ? gap + 2 >= count : gap == 0)
            return NAN;
        gap = upwards ? gap + 1 : gap - 1;
    }
}

/* The crossing between points `before` and `after`, which different sides win. */
static void locate(const struct break_even_point *points, size_t count, size_t before, size_t after,
                   struct break_even *result)
{
    const bool rises = result->wins_above;
    size_t gap = before;
    double bytes = NAN;
    for (size_t i = before; i < after; i++) { /* the last one: from there on it stays so */
        const double at = pass(&points[i], CURVE_RATIO);
        if (!isnan(at)) {
            bytes = at;
            gap = i;
        }
    }
    const double low = reach(points, count, gap, bytes, false, rises ? CURVE_HIGH : CURVE_LOW);
    const double high = reach(points, count, gap, bytes, true, rises ? CURVE_LOW : CURVE_HIGH);
    result->bytes = bytes;
    if (!isnan(low) && !isnan(high))
        result->ci = (struct interval){low, high, 0.95};
}

struct break_even break_even_find(const struct break_even_point *points, size_t count)
{
    struct break_even result = {.status = BREAK_EVEN_NEVER, .bytes = NAN, .ci = {NAN, NAN, NAN}};
    const int first = first_winner(points, count);
    if (first == 0)
        return result;
    int now = first;
    size_t before = 0, after = 0;
    result.decided = winner(&points[0]) != 0;
    for (size_t i = 1; i < count; i++) {
        const int next = winner(&points[i]);
        if (next != 0 && next != now) {
            before = result.decided > 0 ? result.decided - 1 : 0;
            after = i;
            result.crossings++;
            now = next;
        }
        if (next != 0)
            result.decided = i + 1;
    }
    result.wins_above = now > 0;
    if (result.crossings > 0)
        locate(points, count, before, after, &result);
    if (result.crossings > 1 || (result.crossings == 1 && now < 0))
        result.status = BREAK_EVEN_MIXED;
    else if (result.crossings == 1)
        result.status = BREAK_EVEN_WINS_FROM;
    else if (first > 0)
        result.status = BREAK_EVEN_WINS_ALWAYS;
    return result;
}

double break_even_passes(double transfer_ns, double kernel_ns, double baseline_ns)
{
    const double saved_ns = baseline_ns - kernel_ns;
    return saved_ns > 0 && transfer_ns >= 0 ? transfer_ns / saved_ns : NAN;
}
