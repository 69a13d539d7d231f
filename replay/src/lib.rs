//! The read models of promoledger.
