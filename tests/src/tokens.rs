//! Issuers of ID tokens: a key of their own, the set that publishes it, and tokens that it signs.

use std::io::{BufReader, Write as _};
use std::net::TcpListener;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use crate::http::Message;

/// Somebody who gives tokens.
#[derive(Debug)]
pub struct Issuer {
    key: SigningKey,
    /// What it calls itself.
    pub url: String,
}

impl Issuer {
    /// An issuer of that name, with a key that follows from the seed.
    pub fn named(url: &str, seed: u8) -> Self {
        let key = SigningKey::from_slice(&[seed; 32]).expect("a scalar of the curve");
        Self { key, url: url.to_owned() }
    }

    /// One that publishes its keys on loopback until the test ends.
    pub fn serving(seed: u8) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let issuer = Self::named(&url, seed);
        let discovery = json!({"issuer": url, "jwks_uri": format!("{url}/keys")}).to_string();
        let keys = issuer.key_set();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let Ok(request) = Message::read_request(&mut BufReader::new(&connection)) else { continue };
                let body = if request.first_line.contains(" /keys ") { &keys } else { &discovery };
                let answer = Message::response(200, &[("Content-Type", "application/json")], body.as_bytes());
                let _ = (&connection).write_all(&answer.bytes());
            }
        });
        issuer
    }

    /// The JWK Set that publishes its key.
    pub fn key_set(&self) -> String {
        let point = self.key.verifying_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| BASE64.encode(bytes.expect("a point that is written out"));
        let (x, y) = (coordinate(point.x()), coordinate(point.y()));
        json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "one", "x": x, "y": y}]}).to_string()
    }

    /// A token made now for that audience, which lives for ten minutes, with further claims.
    pub fn token(&self, audience: &str, claims: &Value) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock past 1970").as_secs();
        let mut all = json!({"iss": self.url, "aud": audience, "sub": "repo:acme/shop", "iat": now, "exp": now + 600});
        for (name, value) in claims.as_object().expect("claims are an object") {
            all[name] = value.clone();
        }
        let header = json!({"alg": "ES256", "typ": "JWT", "kid": "one"});
        let signed = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(all.to_string()));
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", BASE64.encode(signature.to_bytes()))
    }
}
