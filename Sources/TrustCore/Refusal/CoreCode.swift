// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The refusals of `TrustCore`: what is wrong with bytes before anybody knows what they mean.
@nonexhaustive
public enum CoreCode: String, RefusalCode {
    case jsonSyntax = "json.syntax"
    case jsonEncoding = "json.encoding"
    case jsonDuplicateKey = "json.duplicate-key"
    case jsonTooDeep = "json.too-deep"
    case jsonNumber = "json.number"
    case jsonTrailing = "json.trailing-data"
    case jsonShape = "json.shape"
    case tooLarge = "limit.too-large"
    case digestMismatch = "digest.mismatch"

    /// What the code means to people.
    public var entry: RefusalEntry {
        let again = "fetch the file again, from another mirror if there is one"
        switch self {
        case .jsonSyntax:
            return RefusalEntry(
                .invalid,
                "the file is not well-formed JSON",
                explanation: "A reader that guesses what was meant can be made to see something else than "
                    + "the signer saw.",
                remedy: again
            )
        case .jsonEncoding:
            return RefusalEntry(
                .invalid,
                "the JSON text is not valid UTF-8, or escapes half of a surrogate pair",
                explanation: "Two programs replace broken text in two ways, and then verify different names.",
                remedy: again
            )
        case .jsonDuplicateKey:
            return RefusalEntry(
                .invalid,
                "an object in the JSON text has one key twice",
                explanation: "Readers disagree on which of the two counts, so a signer and a verifier could "
                    + "read different values.",
                remedy: again
            )
        case .jsonTooDeep:
            return RefusalEntry(
                .invalid,
                "the JSON text is nested deeper than any honest file",
                explanation: "Deep nesting exhausts the stack of a recursive reader.",
                remedy: again
            )
        case .jsonNumber:
            return RefusalEntry(
                .invalid,
                "a number in the JSON text is out of range",
                explanation: "A version or length that does not fit its type would wrap or lose digits, and "
                    + "defeat comparisons.",
                remedy: again
            )
        case .jsonTrailing:
            return RefusalEntry(
                .invalid,
                "there is more text after the end of the JSON value",
                explanation: "Bytes that the reader skips are bytes that nobody checked.",
                remedy: again
            )
        case .jsonShape:
            return RefusalEntry(
                .invalid,
                "a JSON value is missing or of another type than the format demands",
                explanation: "Every field a decision rests on must be there and be what its specification "
                    + "says.",
                remedy: "tell the owner of the file which field is wrong"
            )
        case .tooLarge:
            return RefusalEntry(
                .invalid,
                "more bytes arrived than allowed",
                explanation: "A mirror that sends without end fills memory and disk (endless data attack); "
                    + "the length is limited before anything is parsed.",
                remedy: "try another mirror"
            )
        case .digestMismatch:
            return RefusalEntry(
                .invalid,
                "the bytes are not the ones that were promised",
                explanation: "The digest of what arrived differs from the digest in the data that vouches "
                    + "for it: the file was altered, truncated, or swapped for another.",
                remedy: "try another mirror; if it repeats, tell the channel's owner"
            )
        }
    }
}
