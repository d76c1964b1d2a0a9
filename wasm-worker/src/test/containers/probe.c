/* What a container can do and cannot, from inside: the first argument says what to try. Built static, for an image from
 * scratch. Only "echo" reads its input. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int can_write(const char *path) {
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    if (fd < 0) return 0;
    close(fd);
    return 1;
}

static void print_status(const char *key) {
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, key, strlen(key)) == 0) {
            line[strcspn(line, "\n")] = 0;
            printf("\"%s\":\"%s\",", key, line + strlen(key) + 2);
        }
    if (status) fclose(status);
}

static void isolation(void) {
    char text[64] = {0};
    printf("{");
    print_status("CapEff");
    print_status("CapBnd");
    print_status("NoNewPrivs");
    printf("\"root\":%d,\"asset\":%d,\"workspace\":%d,\"tmp\":%d,", can_write("/x"), can_write("/asset/x"),
           can_write("/workspace/x"), can_write("/tmp/x"));
    printf("\"in\":%d,\"out\":%d,", access("/workspace/in", W_OK) == 0, access("/workspace/out", W_OK) == 0);
    FILE *data = fopen("/asset/data.txt", "r");
    if (data) fgets(text, sizeof text, data);
    printf("\"data\":\"%s\",\"interfaces\":[", text);
    DIR *net = opendir("/sys/class/net");
    const char *comma = "";
    for (struct dirent *e = net ? readdir(net) : NULL; e; e = readdir(net))
        if (e->d_name[0] != '.') {
            printf("%s\"%s\"", comma, e->d_name);
            comma = ",";
        }
    printf("],\"volume\":%d,\"env\":{", can_write("/volume/x"));
    comma = "";
    for (char **e = environ; *e; e++) {
        char *value = strchr(*e, '=');
        *value = 0;
        printf("%s\"%s\":\"%s\"", comma, *e, value + 1);
        comma = ",";
    }
    printf("}}");
}

/* Microseconds of processor time in each period of 100,000, by either version of control groups; -1 without a bound. */
static long cpu_quota(void) {
    const char *files[] = {"/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"};
    long quota = -1;
    for (int i = 0; i < 2; i++) {
        FILE *file = fopen(files[i], "r");
        if (file && fscanf(file, "%ld", &quota) != 1) quota = -1;
        if (file) fclose(file);
    }
    return quota;
}

static int copy(const char *from, const char *to) {
    char buffer[4096];
    size_t n;
    FILE *in = fopen(from, "r");
    FILE *out = fopen(to, "w");
    if (!in || !out) return 1;
    while ((n = fread(buffer, 1, sizeof buffer, in)) > 0) {
        fwrite(buffer, 1, n, out);
        fwrite(buffer, 1, n, stdout);
    }
    return fclose(out);
}

static int fill(const char *path, long megabytes) {
    static char block[1 << 20];
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    while (megabytes-- > 0)
        if (write(fd, block, sizeof block) < 0) {
            fprintf(stderr, "%s", strerror(errno));
            return errno == ENOSPC ? 28 : 1;
        }
    return 0;
}

static int fork_many(void) {
    int children = 0;
    for (int i = 0; i < 200; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            pause();
            _exit(0);
        }
        if (pid < 0) break;
        children++;
    }
    printf("%d", children);
    return 0;
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "echo";
    char buffer[4096];
    size_t n;
    if (strcmp(what, "isolation") == 0) {
        isolation();
    } else if (strcmp(what, "echo") == 0) {
        while ((n = fread(buffer, 1, sizeof buffer, stdin)) > 0) fwrite(buffer, 1, n, stdout);
        fprintf(stderr, "done\n");
    } else if (strcmp(what, "say") == 0) {
        memset(buffer, 'x', sizeof buffer);
        for (long left = atol(argv[2]); left > 0; left -= sizeof buffer)
            fwrite(buffer, 1, left < (long)sizeof buffer ? left : (long)sizeof buffer, stdout);
        fprintf(stderr, "said\n");
    } else if (strcmp(what, "exit") == 0) {
        fprintf(stderr, "giving up\n");
        return atoi(argv[2]);
    } else if (strcmp(what, "sleep") == 0) {
        fclose(stdout);
        fclose(stderr);
        sleep(60);
    } else if (strcmp(what, "eat") == 0) {
        for (;;) memset(malloc(1 << 20), 1, 1 << 20);
    } else if (strcmp(what, "flood") == 0) {
        memset(buffer, 'x', sizeof buffer);
        for (;;) fwrite(buffer, 1, sizeof buffer, stdout);
    } else if (strcmp(what, "flood-stderr") == 0) {
        for (int i = 0; i < 100000; i++) fprintf(stderr, "line %d\n", i);
        printf("1");
    } else if (strcmp(what, "cpu") == 0) {
        printf("%ld", cpu_quota());
    } else if (strcmp(what, "copy") == 0) {
        return copy("/workspace/in/data.txt", "/workspace/out/copy.txt");
    } else if (strcmp(what, "fork") == 0) {
        return fork_many();
    } else if (strcmp(what, "files") == 0) {
        for (int i = 0; i < atoi(argv[3]); i++) {
            snprintf(buffer, sizeof buffer, "%s%d", argv[2], i);
            can_write(buffer);
        }
    } else if (strcmp(what, "fill") == 0) {
        int result = fill(argv[2], atol(argv[3]));
        if (argc > 4) sleep(60);
        return result;
    }
    return 0;
}
