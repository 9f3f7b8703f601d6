//! Attacks, one per name given as the first argument. Compiled with plain rustc by the tests and by
//! `grader doctor --attack`, and run confined; only what reads is run unconfined, too.
//!
//! Exit status: 0 when the attack worked, 42 when it was turned down. Every loop is bounded, so
//! that even a broken sandbox is not harmed for long.

use std::ffi::{CString, c_char, c_int, c_long, c_void};
use std::io::{Read, Write};
use std::os::fd::FromRawFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

unsafe extern "C" {
    fn fork() -> c_int;
    fn setsid() -> c_int;
    fn kill(pid: c_int, signal: c_int) -> c_int;
    fn getppid() -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn dup2(from: c_int, to: c_int) -> c_int;
    fn execv(path: *const c_char, argv: *const *const c_char) -> c_int;
    fn mmap(
        at: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        fd: c_int,
        offset: i64,
    ) -> *mut c_void;
    fn prctl(option: c_int, ...) -> c_int;
    fn signal(number: c_int, handler: usize) -> usize;
}

#[cfg(target_arch = "x86_64")]
mod number {
    pub const PTRACE: i64 = 101;
    pub const TGKILL: i64 = 234;
    pub const EXECVEAT: i64 = 322;
    pub const UNSHARE: i64 = 272;
    pub const MEMFD: i64 = 319;
    pub const IO_URING: i64 = 425;
    pub const AFFINITY: i64 = 203;
    pub const GETPID: i64 = 39;
}
#[cfg(target_arch = "aarch64")]
mod number {
    pub const PTRACE: i64 = 117;
    pub const TGKILL: i64 = 131;
    pub const EXECVEAT: i64 = 281;
    pub const UNSHARE: i64 = 97;
    pub const MEMFD: i64 = 279;
    pub const IO_URING: i64 = 425;
    pub const AFFINITY: i64 = 122;
    pub const GETPID: i64 = 172;
}

const DENIED: i32 = 42;

fn c(text: &str) -> CString {
    CString::new(text).unwrap()
}

/// Ends with what the attack achieved.
fn verdict(worked: bool) -> ! {
    std::process::exit(if worked { 0 } else { DENIED })
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments[1].as_str() {
        "nothing" => {}
        "echo" => echo(),
        "read" => verdict(std::fs::read(&arguments[2]).is_ok()),
        "list" => verdict(
            std::fs::read_dir(&arguments[2]).is_ok_and(|mut folder| folder.next().is_some()),
        ),
        "write" => verdict(std::fs::write(&arguments[2], "x").is_ok()),
        "socket" => {
            let address = arguments.get(2).map_or("127.0.0.1:9", String::as_str);
            verdict(std::net::TcpStream::connect(address).is_ok())
        }
        "fork_bomb" => fork_bomb(),
        "thread_bomb" => thread_bomb(),
        "memory_bomb" => memory_bomb(),
        "huge_allocation" => drop(std::hint::black_box(vec![1_u8; 1 << 40])),
        "shared_memory" => verdict(shared_memory()),
        "spin" => spin(),
        "spin_threads" => spin_threads(),
        "ignore_xcpu" => ignore_xcpu(),
        "sleep" => std::thread::sleep(Duration::from_secs(600)),
        "flood" => flood(arguments[2] == "stderr"),
        "print" => print!("{}", "y".repeat(arguments[2].parse().unwrap())),
        "big_file" => big_file(&arguments[2]),
        "fill_disk" => verdict(fill_disk(&arguments[2])),
        "inodes" => verdict(inodes(&arguments[2])),
        "ptrace" => verdict(
            unsafe { syscall(number::PTRACE, 16_i64, i64::from(getppid()), 0_i64, 0_i64) } == 0,
        ),
        "kill_all" => verdict(unsafe { kill(-1, 9) } == 0),
        "tgkill_parent" => verdict(unsafe { syscall(number::TGKILL, 1_i64, 1_i64, 9_i64) } == 0),
        "unshare" => verdict(unsafe { syscall(number::UNSHARE, 0x1000_0000_i64) } == 0),
        "io_uring" => verdict(unsafe { syscall(number::IO_URING, 8_i64, 0_i64) } >= 0),
        "memfd" => verdict(unsafe { syscall(number::MEMFD, c"x".as_ptr(), 0_i64) } >= 0),
        "affinity" => {
            verdict(unsafe { syscall(number::AFFINITY, 0_i64, 8_i64, [1_u64].as_ptr()) } == 0)
        }
        "shell" => {
            verdict(std::process::Command::new("/bin/sh").args(["-c", "exit 0"]).status().is_ok())
        }
        "exec" => exec(&arguments[2]),
        "exec_slot" => exec_slot(&arguments[2]),
        "daemon" => daemon(),
        "exit_0" => std::process::exit(0),
        "abort" => std::process::abort(),
        "overflow" => println!("{}", overflow(1)),
        "open_all" => verdict(open_all(&arguments[2])),
        "descriptors" => descriptors(),
        "identity" => identity(),
        "segv" => unsafe { std::ptr::write_volatile(8 as *mut u8, 1) },
        "burn_then_wait" => burn_then_wait(),
        "grows_down" => verdict(mapped(1 << 30, 3, 0x122)),
        "address_space" => verdict(mapped(256 << 30, 1, 0x4022)),
        "set_id_open" => verdict(set_id_by_open(&arguments[2])),
        "set_id_chmod" => verdict(set_id_by_chmod(&arguments[2])),
        "exec_place" => exec_place(&arguments[2]),
        "variables" => println!("{:?}", std::env::vars().collect::<Vec<_>>()),
        "bounding" => verdict((0..40).any(|capability| unsafe { prctl(23, capability) } == 1)),
        "spin_children" => spin_children(),
        "leave_spinner" => leave_spinner(),
        "stdin" => println!("{:?}", std::io::stdin().read(&mut [0]).ok()),
        "x32" => verdict(unsafe { syscall(0x4000_0000 + number::GETPID) } >= 0),
        other => panic!("no attack {other}"),
    }
}

fn socket() -> UnixStream {
    unsafe { UnixStream::from_raw_fd(100) }
}

/// Not an attack: answers every byte with its complement, as an honest driver would.
fn echo() {
    let mut socket = socket();
    let mut byte = [0];
    while socket.read_exact(&mut byte).is_ok() {
        socket.write_all(&[!byte[0]]).unwrap();
    }
}

fn fork_bomb() {
    let mut children = 0;
    for _ in 0..200 {
        match unsafe { fork() } {
            0 => std::thread::sleep(Duration::from_secs(600)),
            pid if pid > 0 => children += 1,
            _ => break,
        }
    }
    println!("{children} children");
    verdict(children >= 200)
}

fn thread_bomb() {
    let sleep = || std::thread::sleep(Duration::from_secs(600));
    let builder = || std::thread::Builder::new().stack_size(64 << 10);
    let started = (0..500).take_while(|_| builder().spawn(sleep).is_ok()).count();
    println!("{started}");
    verdict(started >= 500)
}

fn memory_bomb() {
    let mut blocks = Vec::new();
    for _ in 0..4096 {
        blocks.push(vec![1_u8; 1 << 20]);
    }
    println!("{}", blocks.len());
}

fn shared_memory() -> bool {
    let read_write = 3;
    let shared_anonymous = 0x21;
    mapped(4096, read_write, shared_anonymous)
}

fn mapped(length: usize, protection: c_int, flags: c_int) -> bool {
    let block = unsafe { mmap(std::ptr::null_mut(), length, protection, flags, -1, 0) };
    block as isize != -1
}

fn set_id_by_open(path: &str) -> bool {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let file = std::fs::File::options().create(true).write(true).mode(0o4755).open(path);
    file.is_ok_and(|file| file.metadata().unwrap().permissions().mode() & 0o6000 != 0)
}

fn set_id_by_chmod(path: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, "x").unwrap();
    let set = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o4755));
    set.is_ok() && std::fs::metadata(path).unwrap().permissions().mode() & 0o6000 != 0
}

/// Calls exec as the sandbox itself did, but with an absolute path, which makes the descriptor
/// moot.
fn exec_place(path: &str) {
    let path = c(path);
    let argv = [path.as_ptr(), c"exit_0".as_ptr(), std::ptr::null()];
    let null = std::ptr::null::<c_char>();
    unsafe {
        syscall(
            number::EXECVEAT,
            1023_i64,
            path.as_ptr(),
            argv.as_ptr(),
            &raw const null,
            0x1000_i64,
        )
    };
    std::process::exit(DENIED)
}

fn spin() {
    let mut x = 1_u64;
    loop {
        x = std::hint::black_box(x.wrapping_mul(3));
    }
}

/// Spins in three children, and does nothing itself.
fn spin_children() {
    for _ in 0..3 {
        if unsafe { fork() } == 0 {
            spin();
        }
    }
    std::thread::sleep(Duration::from_secs(600));
}

/// Exits once a child has used 50 ms of CPU time, and leaves it running.
fn leave_spinner() {
    unsafe extern "C" {
        fn clock() -> c_long;
    }
    let (mut used, mut tell) = std::io::pipe().unwrap();
    if unsafe { fork() } == 0 {
        while unsafe { clock() } < 50_000 {}
        tell.write_all(&[0]).unwrap();
        spin();
    }
    used.read_exact(&mut [0]).unwrap();
}

fn spin_threads() {
    for _ in 0..3 {
        std::thread::spawn(spin);
    }
    spin();
}

fn ignore_xcpu() {
    unsafe { signal(24, 1) };
    spin();
}

fn flood(stderr: bool) {
    let block = vec![b'x'; 1 << 16];
    for _ in 0..100_000 {
        let result = if stderr {
            std::io::stderr().write_all(&block)
        } else {
            std::io::stdout().write_all(&block)
        };
        if result.is_err() {
            std::process::exit(DENIED);
        }
    }
}

fn big_file(path: &str) {
    let mut file = std::fs::File::create(path).unwrap();
    for _ in 0..4096 {
        if file.write_all(&[0; 1 << 16]).is_err() {
            std::process::exit(DENIED);
        }
    }
}

/// Whether 256 MiB fit, in files of 1 MiB.
fn fill_disk(folder: &str) -> bool {
    (0..256).all(|i| std::fs::write(format!("{folder}/{i}"), vec![0; 1 << 20]).is_ok())
}

fn inodes(folder: &str) -> bool {
    (0..20_000).all(|i| std::fs::write(format!("{folder}/{i}"), "").is_ok())
}

fn exec(path: &str) {
    let path = c(path);
    let argv = [path.as_ptr(), c"nothing".as_ptr(), std::ptr::null()];
    unsafe { execv(path.as_ptr(), argv.as_ptr()) };
    std::process::exit(DENIED)
}

/// Puts a file where the sandbox's own program was, and executes that descriptor.
fn exec_slot(path: &str) {
    let path = c(path);
    let argv = [path.as_ptr(), c"exit_0".as_ptr(), std::ptr::null()];
    unsafe {
        let file = open(path.as_ptr(), 0);
        let moved = dup2(file, 1023);
        println!("open {} dup {moved}", file >= 0);
        let null = std::ptr::null::<c_char>();
        syscall(
            number::EXECVEAT,
            1023_i64,
            c"".as_ptr(),
            argv.as_ptr(),
            &raw const null,
            0x1000_i64,
        );
    }
    std::process::exit(DENIED)
}

fn daemon() {
    unsafe {
        if fork() == 0 {
            setsid();
            if fork() == 0 {
                std::thread::sleep(Duration::from_secs(600));
            }
            std::process::exit(0);
        }
    }
    std::thread::sleep(Duration::from_millis(20));
    std::process::exit(0)
}

fn overflow(depth: u64) -> u64 {
    let block = std::hint::black_box([depth; 512]);
    if depth == u64::MAX { 0 } else { overflow(depth + 1) + block[(depth % 512) as usize] }
}

fn open_all(path: &str) -> bool {
    let files: Vec<_> = (0..5000).map_while(|_| std::fs::File::open(path).ok()).collect();
    println!("{}", files.len());
    files.len() >= 5000
}

/// Not an attack: prints the descriptors that were open at the start.
fn descriptors() {
    unsafe extern "C" {
        fn fcntl(fd: c_int, command: c_int, ...) -> c_int;
    }
    let open: Vec<_> = (0..4096).filter(|&fd| unsafe { fcntl(fd, 1) } >= 0).collect();
    println!("{open:?}");
}

/// Not an attack: prints uid, gid, pid and effective capabilities.
fn identity() {
    unsafe extern "C" {
        fn getuid() -> u32;
        fn getgid() -> u32;
    }
    let header = [0x2008_0522_u32, 0];
    let mut data = [u32::MAX; 6];
    let capget = if cfg!(target_arch = "x86_64") { 125_i64 } else { 90 };
    let status = unsafe { syscall(capget, header.as_ptr(), data.as_mut_ptr()) };
    let (uid, gid) = unsafe { (getuid(), getgid()) };
    println!("{uid} {gid} {} {status} {data:?}", std::process::id());
}

/// Works in the background after each byte received: what freezing must stop.
fn burn_then_wait() {
    std::thread::spawn(spin);
    echo();
}
