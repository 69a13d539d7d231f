//! As much of HTTP/1.1 as the proxy and the registry's start need: whole messages, one per connection.

use std::io::{self, BufRead, Read};

/// A request or a response as it came off the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// The request line or the status line, without its line end.
    pub(crate) first_line: String,
    /// Header lines in order, name and value.
    pub(crate) headers: Vec<(String, String)>,
    /// The body's bytes with their framing (chunk sizes, if there are any) left as it came.
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// Reads a request: its body ends where its headers say.
    pub(crate) fn read_request(reader: &mut impl BufRead) -> io::Result<Self> {
        let mut message = Self::read_head(reader)?;
        if message.is_chunked() {
            message.body = read_chunks(reader)?;
        } else if let Some(length) = message.header("content-length") {
            let length: u64 = length.parse().map_err(io::Error::other)?;
            reader.take(length).read_to_end(&mut message.body)?;
        }
        Ok(message)
    }

    /// Reads a response from a connection that the other side closes at its end.
    pub(crate) fn read_response(reader: &mut impl BufRead) -> io::Result<Self> {
        let mut message = Self::read_head(reader)?;
        reader.read_to_end(&mut message.body)?;
        Ok(message)
    }

    /// A response of our own.
    pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { first_line: format!("HTTP/1.1 {status} Fault"), headers, body: Vec::new() }.with_body(body.to_vec())
    }

    /// The same message with another body, its length declared, the connection closed after it.
    pub(crate) fn with_body(mut self, body: Vec<u8>) -> Self {
        for name in ["content-length", "transfer-encoding"] {
            self.remove(name);
        }
        self.headers.push(("Content-Length".to_owned(), body.len().to_string()));
        self.body = body;
        self.closing()
    }

    /// The same message with this header in place of its own.
    pub(crate) fn with_header(mut self, name: &str, value: String) -> Self {
        self.remove(name);
        self.headers.push((name.to_owned(), value));
        self
    }

    /// The same message, asking that the connection be closed after it.
    pub(crate) fn closing(mut self) -> Self {
        self.remove("connection");
        self.headers.push(("Connection".to_owned(), "close".to_owned()));
        self
    }

    /// The value of a header; `name` in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The bytes to send.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}\r\n", self.first_line).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }

    fn remove(&mut self, name: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    fn is_chunked(&self) -> bool {
        self.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
    }

    fn read_head(reader: &mut impl BufRead) -> io::Result<Self> {
        let first_line = read_line(reader)?;
        let mut headers = Vec::new();
        loop {
            let line = read_line(reader)?;
            if line.is_empty() {
                return Ok(Self { first_line, headers, body: Vec::new() });
            }
            let (name, value) = line.split_once(':').ok_or_else(|| io::Error::other(format!("`{line}` is not a header")))?;
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }
}

/// One line without its line end; the end of the stream is an error.
fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A chunked body as it stands on the wire, up to and with the empty line that ends it.
fn read_chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    loop {
        let size_line = read_line(reader)?;
        raw.extend_from_slice(format!("{size_line}\r\n").as_bytes());
        let digits = size_line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(digits, 16).map_err(io::Error::other)?;
        if size == 0 {
            break;
        }
        reader.take(size + 2).read_to_end(&mut raw)?;
    }
    loop {
        let trailer = read_line(reader)?;
        raw.extend_from_slice(format!("{trailer}\r\n").as_bytes());
        if trailer.is_empty() {
            return Ok(raw);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(bytes: &[u8]) -> Message {
        Message::read_request(&mut &bytes[..]).expect("the request is well formed")
    }

    #[test]
    fn a_request_ends_where_its_headers_say() {
        let message = request(b"PUT /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcdef");
        assert_eq!(message.body, b"abc");
        assert_eq!(message.header("host"), Some("a"));
    }

    #[test]
    fn chunks_pass_unchanged() {
        let bytes = b"PATCH / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n0\r\n\r\n";
        assert_eq!(request(bytes).bytes(), bytes);
    }

    #[test]
    fn another_body_brings_its_own_length() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: y\r\n\r\nabc";
        let message = Message::read_response(&mut &bytes[..]).expect("the response is well formed").with_body(b"de".to_vec());
        assert_eq!(message.bytes(), b"HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 2\r\nConnection: close\r\n\r\nde");
    }

    #[test]
    fn a_connection_that_ends_early_is_an_error() {
        assert!(Message::read_request(&mut &b"GET / HTTP/1.1\r\nHost: a\r\n"[..]).is_err());
    }
}
