//! What goes over the pipes of the compiler's process: one request in, one answer out.
//!
//! A request is the module's length (64 bits) and its bytes. An answer is a header (a mark, an outcome's number, the
//! fingerprint of the engine, the length of what follows) and machine code or a message. Numbers are little-endian.

use std::io::{self, Read, Write};

/// First in every answer.
const MARK: [u8; 4] = *b"NBC1";

pub const HEADER_BYTES: usize = 4 + 4 + 32 + 8;

/// What stands before code or a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// 0 for code, else an outcome's number and a message.
    pub outcome: i32,
    pub fingerprint: [u8; 32],
    pub length: u64,
}

impl Header {
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&MARK);
        bytes[4..8].copy_from_slice(&self.outcome.to_le_bytes());
        bytes[8..40].copy_from_slice(&self.fingerprint);
        bytes[40..].copy_from_slice(&self.length.to_le_bytes());
        bytes
    }

    /// None for what is no header, or not yet a whole one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; HEADER_BYTES] = bytes.first_chunk()?;
        if bytes[..4] != MARK {
            return None;
        }
        Some(Self {
            outcome: i32::from_le_bytes(bytes[4..8].try_into().ok()?),
            fingerprint: bytes[8..40].try_into().ok()?,
            length: u64::from_le_bytes(bytes[40..].try_into().ok()?),
        })
    }
}

/// The length that goes before a module.
pub fn request_header(module: &[u8]) -> [u8; 8] {
    (module.len() as u64).to_le_bytes()
}

/// The module of a request; none if the other end closed the pipe without one.
pub fn read_request(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match input.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = usize::try_from(u64::from_le_bytes(length)).map_err(io::Error::other)?;
    let mut module = vec![0; length];
    input.read_exact(&mut module)?;
    Ok(Some(module))
}

pub fn write_answer(output: &mut impl Write, header: &Header, payload: &[u8]) -> io::Result<()> {
    output.write_all(&header.encode())?;
    output.write_all(payload)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_as_it_was_written() {
        let header = Header { outcome: 11, fingerprint: [7; 32], length: 1 << 40 };

        assert_eq!(Header::decode(&header.encode()), Some(header));
    }

    #[test]
    fn what_is_no_header_is_none() {
        let bytes = Header { outcome: 0, fingerprint: [0; 32], length: 0 }.encode();

        assert_eq!(Header::decode(&bytes[..HEADER_BYTES - 1]), None);
        assert_eq!(Header::decode(&[b'x'; HEADER_BYTES]), None);
    }

    #[test]
    fn a_closed_pipe_is_no_request_and_a_broken_one_an_error() {
        let whole = [&request_header(b"abc")[..], b"abc"].concat();

        assert_eq!(read_request(&mut &whole[..]).unwrap(), Some(b"abc".to_vec()));
        assert_eq!(read_request(&mut &whole[..0]).unwrap(), None);
        assert!(read_request(&mut &whole[..9]).is_err());
    }
}
