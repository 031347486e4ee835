#include "bench/screen.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "bench/interrupt.h"

#define CLEAR       "\033[H\033[2J"
#define HIDE_CURSOR "\033[?25l"
#define SHOW_CURSOR "\033[?25h"

enum { KEY_NONE = 0 };

/* Signal handlers see it, so there is one. */
static struct {
    bool open;
    pid_t owner; /* workers inherit the handlers, and leave the terminal alone */
    struct termios before, raw;
    struct text shown; /* to be painted again; owned */
} screen;

static volatile sig_atomic_t repaint;

/* ---- The terminal's modes ------------------------------------------------------------------- */

/* Safe in signal handlers, as is what they call beside it. */
static void say(const char *words)
{
    ssize_t ignored = write(STDOUT_FILENO, words, strlen(words));
    (void)ignored;
}

static void take(void)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &screen.raw);
}

static void give_back(void)
{
    say(SHOW_CURSOR "\n");
    tcsetattr(STDIN_FILENO, TCSANOW, &screen.before);
}

static void on_stop(int signal_number)
{
    (void)signal_number;
    int error = errno;
    if (getpid() == screen.owner)
        give_back();
    raise(SIGSTOP);
    errno = error;
}

static void on_change(int signal_number)
{
    int error = errno;
    if (signal_number == SIGCONT && getpid() == screen.owner)
        take();
    repaint = 1;
    errno = error;
}

static void handle_signals(bool ours)
{
    struct sigaction action = {.sa_handler = ours ? on_stop : SIG_DFL};
    sigaction(SIGTSTP, &action, NULL);
    action.sa_handler = ours ? on_change : SIG_DFL;
    sigaction(SIGCONT, &action, NULL);
    sigaction(SIGWINCH, &action, NULL);
}

bool screen_open(bool wait)
{
    if (!wait || isatty(STDOUT_FILENO) != 1 || tcgetattr(STDIN_FILENO, &screen.before) != 0)
        return false;
    screen.raw = screen.before;
    screen.raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    screen.raw.c_cc[VMIN] = 1;
    screen.raw.c_cc[VTIME] = 0;
    screen.raw.c_cc[VQUIT] = _POSIX_VDISABLE; /* it would end the program without a word */
    screen.owner = getpid();
    screen.open = true;
    handle_signals(true);
    take();
    return true;
}

void screen_close(void)
{
    if (!screen.open)
        return;
    give_back();
    handle_signals(false);
    screen.open = false;
    text_free(&screen.shown);
}

bool screen_size(int *columns, int *rows)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return false;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return true;
}

/* ---- Keys ----------------------------------------------------------------------------------- */

/* Whether a key is there, waiting a moment for one if asked to: a signal may come just before. */
static bool key_waits(bool wait)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, wait ? 200 : 0) > 0;
}

/* The right arrow and page down, as terminals send them. */
static bool means_next(const char *keys)
{
    static const char *const sequences[] = {" ", "\r", "\n", "\033[C", "\033OC", "\033[6~"};
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
        if (strcmp(keys, sequences[i]) == 0)
            return true;
    return false;
}

/* What was pressed last; a terminal that has gone away quits. */
static int read_key(const char *letters)
{
    char keys[64];
    ssize_t length = read(STDIN_FILENO, keys, sizeof(keys) - 1);
    if (length <= 0)
        return length < 0 && errno == EINTR ? KEY_NONE : KEY_QUIT;
    keys[length] = '\0';
    if (keys[0] != '\033' && strpbrk(keys, "qQ") != NULL)
        return KEY_QUIT;
    const int key = tolower((unsigned char)keys[0]);
    if (isalpha(key) && strchr(letters, key) != NULL)
        return key;
    return means_next(keys) || (keys[0] != '\033' && means_next(keys + length - 1)) ? KEY_NEXT
                                                                                    : KEY_NONE;
}

static void paint(void)
{
    repaint = 0;
    struct ab_error ignored = {0}; /* a terminal that has gone away is noticed by its keys */
    text_write(&screen.shown, STDOUT_FILENO, "the terminal", &ignored);
}

bool screen_quit_pressed(void)
{
    if (!screen.open)
        return false;
    if (repaint)
        paint();
    while (key_waits(false))
        if (read_key("") == KEY_QUIT)
            return true;
    return false;
}

enum ab_status screen_key(const char *letters, int *key, struct ab_error *error)
{
    *key = screen.open ? KEY_NONE : KEY_NEXT;
    while (*key == KEY_NONE) {
        if (interrupt_signal() != 0)
            return ab_fail(error, AB_INTERRUPTED, "interrupted");
        if (repaint)
            paint();
        if (key_waits(true))
            *key = read_key(letters);
    }
    return AB_OK;
}

/* ---- Pages ---------------------------------------------------------------------------------- */

enum ab_status screen_show(const struct text *page, const char *prompt, struct ab_error *error)
{
    if (!screen.open)
        return text_write(page, STDOUT_FILENO, "standard output", error);
    if (page->failed)
        return ab_fail(error, AB_NO_MEMORY, "no memory for a page");
    tcflush(STDIN_FILENO, TCIFLUSH);
    text_free(&screen.shown);
    text_add(&screen.shown, HIDE_CURSOR CLEAR);
    text_add_bytes(&screen.shown, page->data, page->length);
    if (prompt != NULL)
        text_add(&screen.shown, "\n  %s", prompt);
    return text_write(&screen.shown, STDOUT_FILENO, "the terminal", error);
}
