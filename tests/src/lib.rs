//! The harness of the tests that cross crates: real servers, real programs, and ways to hurt them.
//!
//! * [`registry`]: an OCI registry of our own on a loopback port, with or without a password or TLS;
//! * [`repository`]: a repository in it, asked over the registry's API, and copied;
//! * [`proxy`]: stands before it and stalls, refuses, cuts, drips, forges or loses what passes;
//! * [`layout`]: little images, made by hand, as an OCI image layout;
//! * [`skopeo`]: what a program that shares no code with ours finds in a registry;
//! * [`shop`]: a workspace with a ledger, a manifest and images; [`tamper`]: somebody who changes what it stores;
//! * [`tokens`]: issuers of ID tokens, and what they sign;
//! * [`command`]: `promoledger` itself, in a clean environment, and under strace to be killed at any system call;
//! * [`source`] and [`imports`]: the text of the workspace itself, for the test that holds the architecture.
//!
//! A harness has nobody to return an error to: whatever goes wrong here ends the test with a panic that says what to do.

pub mod command;
pub mod imports;
pub mod layout;
pub mod proxy;
pub mod registry;
pub mod repository;
pub mod shop;
pub mod skopeo;
pub mod source;
pub mod tamper;
pub mod tokens;

mod http;
mod programs;
