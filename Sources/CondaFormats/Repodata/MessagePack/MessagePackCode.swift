// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals about MessagePack, the binary form of shards.
@nonexhaustive
public enum MessagePackCode: String, RefusalCode {
    case truncated = "msgpack.truncated"
    case trailingData = "msgpack.trailing-data"
    case encoding = "msgpack.encoding"
    case duplicateKey = "msgpack.duplicate-key"
    case keyType = "msgpack.key-type"
    case tooDeep = "msgpack.too-deep"
    case tooManyValues = "msgpack.too-many-values"
    case unknownType = "msgpack.unknown-type"

    /// What the code means to people.
    public var entry: RefusalEntry {
        let again = "fetch the file again, from another mirror if there is one"
        switch self {
        case .truncated:
            return RefusalEntry(
                .invalid,
                "the MessagePack data ends too early, or a length in it is beyond its end",
                explanation:
                    "A length that is not backed by bytes would make a reader allocate what never comes.",
                remedy: again
            )
        case .trailingData:
            return RefusalEntry(
                .invalid,
                "something follows the end of the MessagePack value",
                explanation: "Bytes that the reader skips are bytes that nobody checked.",
                remedy: again
            )
        case .encoding:
            return RefusalEntry(
                .invalid,
                "text in the MessagePack data is not valid UTF-8",
                explanation: "Two programs replace broken text in two ways, and then verify different names.",
                remedy: again
            )
        case .duplicateKey:
            return RefusalEntry(
                .invalid,
                "a map in the MessagePack data has one key twice",
                explanation:
                    "Readers disagree on which of the two counts, so what was checked need not be what is "
                    + "used.",
                remedy: again
            )
        case .keyType:
            return RefusalEntry(
                .invalid,
                "a key in the MessagePack data is not text",
                explanation:
                    "Every key in a conda index is text; other keys have no meaning, and two readers compare "
                    + "them in two ways.",
                remedy: again
            )
        case .tooDeep:
            return RefusalEntry(
                .invalid,
                "the MessagePack data is nested deeper than any honest file",
                explanation: "Deep nesting exhausts the stack of a recursive reader.",
                remedy: again
            )
        case .tooManyValues:
            return RefusalEntry(
                .invalid,
                "the MessagePack data has more values than any honest file",
                explanation: "A value takes one byte in the file and many in memory.",
                remedy: again
            )
        case .unknownType:
            return RefusalEntry(
                .invalid,
                "the MessagePack data has an extension type or a reserved byte",
                explanation:
                    "No conda format uses them; a reader that skips them does not know what it skips.",
                remedy: again
            )
        }
    }
}
