/** The system calls a sandboxed decoder may make, as a seccomp filter for bubblewrap. Pure. */

/**
 * What FFmpeg, glibc and the dynamic loader need to turn bytes of one pipe into bytes of another; in both columns
 * the same calls in the same order, less those that arm64 never had. Everything else, sockets, new processes,
 * ptrace, mounts, keys, bpf, io_uring among it, is answered with EPERM.
 */
const allowedCalls = {
  x64: [
    // Pipes, and files opened for reading in a read-only tree: read write readv writev pread64 close fstat newfstatat stat lstat statx access faccessat faccessat2 open openat lseek fcntl dup dup2 dup3 readlink readlinkat getcwd getdents64 statfs fstatfs ioctl.
    ...[
      0, 1, 19, 20, 17, 3, 5, 262, 4, 6, 332, 21, 269, 439, 2, 257, 8, 72, 32, 33, 292, 89, 267, 79, 217, 137, 138, 16,
    ],
    // Waiting: poll ppoll select pselect6 pipe2 eventfd2 epoll_create1 epoll_ctl epoll_wait epoll_pwait.
    ...[7, 271, 23, 270, 293, 290, 291, 233, 232, 281],
    // Memory: mmap munmap mprotect mremap madvise brk mlock munlock membarrier get_mempolicy set_mempolicy.
    ...[9, 11, 10, 25, 28, 12, 149, 150, 324, 239, 238],
    // Signals and threads of its own: rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending sigaltstack tgkill tkill futex set_robust_list get_robust_list set_tid_address rseq arch_prctl prctl restart_syscall exit exit_group.
    ...[13, 14, 15, 127, 131, 234, 200, 202, 273, 274, 218, 334, 158, 157, 219, 60, 231],
    // Limits, which can only be lowered, and scheduling: prlimit64 getrlimit getrusage times sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min getcpu.
    ...[302, 97, 98, 100, 24, 204, 203, 143, 145, 146, 147, 309],
    // Questions about itself and the time: getpid gettid getppid getuid geteuid getgid getegid getpgrp uname sysinfo umask getrandom clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time.
    ...[39, 186, 110, 102, 107, 104, 108, 111, 63, 99, 95, 318, 228, 229, 230, 35, 96, 201],
    // To begin with: the filter is in place before FFmpeg is. Another program would run in the same sandbox: execve.
    ...[59],
  ],
  arm64: [
    ...[63, 64, 65, 66, 67, 57, 80, 79, 291, 48, 439, 56, 62, 25, 23, 24, 78, 17, 61, 43, 44, 29],
    ...[73, 72, 59, 19, 20, 21, 22],
    ...[222, 215, 226, 216, 233, 214, 228, 229, 283, 236, 237],
    ...[134, 135, 139, 136, 132, 131, 130, 98, 99, 100, 96, 293, 167, 128, 93, 94],
    ...[261, 163, 165, 153, 124, 123, 122, 121, 120, 125, 126, 168],
    ...[172, 178, 173, 174, 175, 176, 177, 160, 179, 166, 278, 113, 114, 115, 101, 169],
    ...[221],
  ],
} as const;

export type SeccompArchitecture = keyof typeof allowedCalls;

/** AUDIT_ARCH_* of linux/audit.h, and the calls that need a look at more than their number. */
const architectures = {
  x64: { auditArch: 0xc000_003e, clone: 56, clone3: 435 },
  arm64: { auditArch: 0xc000_00b7, clone: 220, clone3: 435 },
} as const;

/** Offsets in struct seccomp_data. */
const callNumberAt = 0;
const architectureAt = 4;
const firstArgumentAt = 16;

/** BPF_LD | BPF_W | BPF_ABS, BPF_JMP | BPF_JEQ | BPF_K, BPF_JMP | BPF_JSET | BPF_K, BPF_RET | BPF_K. */
const [load, jumpIfEqual, jumpIfSet, finish] = [0x20, 0x15, 0x45, 0x06];
const [killProcess, allow] = [0x8000_0000, 0x7fff_0000];
/** SECCOMP_RET_ERRNO with EPERM, and with ENOSYS, upon which glibc falls back from clone3 to clone. */
const [refuse, notThere] = [0x0005_0000 | 1, 0x0005_0000 | 38];
const cloneThread = 0x0001_0000;

/** One instruction: code, where to jump to when true and when false (instructions to skip), operand. */
type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, operand: number];

/** True for `process.arch` values there is a filter for. */
export function hasSeccompFilter(architecture: string): architecture is SeccompArchitecture {
  return Object.hasOwn(allowedCalls, architecture);
}

/** An array of struct sock_filter, as `bwrap --seccomp` reads it. */
export function seccompFilter(architecture: SeccompArchitecture): Uint8Array {
  const { auditArch, clone, clone3 } = architectures[architecture];
  const program: Instruction[] = [
    [load, 0, 0, architectureAt],
    [jumpIfEqual, 1, 0, auditArch],
    [finish, 0, 0, killProcess],
    [load, 0, 0, callNumberAt],
    ...allowedCalls[architecture].flatMap((call): Instruction[] => [
      [jumpIfEqual, 0, 1, call],
      [finish, 0, 0, allow],
    ]),
    [jumpIfEqual, 0, 1, clone3],
    [finish, 0, 0, notThere],
    // The flags of clone3 are out of a filter's sight; those of clone are not: threads, no processes.
    [jumpIfEqual, 0, 3, clone],
    [load, 0, 0, firstArgumentAt],
    [jumpIfSet, 0, 1, cloneThread],
    [finish, 0, 0, allow],
    [finish, 0, 0, refuse],
  ];
  const view = new DataView(new ArrayBuffer(program.length * 8));
  program.forEach(([code, whenTrue, whenFalse, operand], index) => {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, whenTrue);
    view.setUint8(index * 8 + 3, whenFalse);
    view.setUint32(index * 8 + 4, operand, true);
  });
  return new Uint8Array(view.buffer);
}
