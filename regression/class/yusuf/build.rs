fn main() {
    println!("cargo:rustc-cfg=fast");
    println!("cargo:rustc-env=PROFILING_BUILD=yusuf");
}
