//! The files of a crate, embedded in it.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// An expression of type `&[(&str, &[u8])]`, in the order of the names.
pub fn list(input: &TokenStream) -> syn::Result<TokenStream> {
    if !input.is_empty() {
        return Err(syn::Error::new_spanned(input, "`sources!` takes no arguments"));
    }
    let failed = |error: io::Error| {
        syn::Error::new(Span::call_site(), format!("listing the crate's files: {error}"))
    };
    let folder = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let mut names = Vec::new();
    collect(&folder, &folder, &mut names).map_err(failed)?;
    names.sort();
    let files = names.iter().map(|name| {
        let below = format!("/{name}");
        quote!((#name, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), #below))))
    });
    Ok(quote!(&[#(#files),*]))
}

fn collect(root: &Path, folder: &Path, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let is_hidden =
            path.file_name().is_some_and(|file| file.to_string_lossy().starts_with('.'));
        if is_hidden || name == "Cargo.toml" || name == "target" {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}
