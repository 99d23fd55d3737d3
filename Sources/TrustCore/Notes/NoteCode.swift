// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The refusals of signed notes and checkpoints.
@nonexhaustive
public enum NoteCode: String, RefusalCode {
    // The note itself.
    case tooLarge = "note.too-large"
    case encoding = "note.encoding"
    case form = "note.form"
    case signatureLine = "note.signature-line"
    case unsigned = "note.unsigned"
    // What a checkpoint says.
    case origin = "note.checkpoint-origin"
    case size = "note.checkpoint-size"
    case root = "note.checkpoint-root"
    case `extension` = "note.checkpoint-extension"
    // Who signed.
    case name = "note.signer-name"
    case key = "note.signer-key"
    case signature = "note.signature"

    /// What the code means to people.
    public var entry: RefusalEntry {
        let ask = "ask whoever gave you the note for one as the log wrote it"
        return switch self {
        case .tooLarge:
            RefusalEntry(
                .invalid,
                "the note is longer, or has more signatures, than any honest one",
                explanation: "Each signature costs time, and nobody has vouched for the note yet.",
                remedy: ask
            )
        case .encoding:
            RefusalEntry(
                .invalid,
                "the note is not UTF-8 text without control characters",
                explanation: "What is signed must be what people and programs see.",
                remedy: ask
            )
        case .form:
            RefusalEntry(
                .invalid,
                "the note is not a text, a blank line and lines with signatures",
                explanation: "Where the text ends decides what is signed.",
                remedy: ask
            )
        case .signatureLine:
            RefusalEntry(
                .invalid,
                "a line after the text of the note is not a signature",
                explanation:
                    "Each such line is a dash, the name of a key, and in base64 the key's id and the "
                    + "signature. Other text there is signed by nobody.",
                remedy: ask
            )
        case .unsigned:
            RefusalEntry(
                .missing,
                "the note has no signature",
                explanation: "A note is worth what the keys are worth that signed it.",
                remedy: ask
            )
        case .origin:
            RefusalEntry(
                .invalid,
                "the checkpoint does not begin with the name of a log",
                explanation: "Without it, the checkpoint of one log could be shown as another's.",
                remedy: ask
            )
        case .size:
            RefusalEntry(
                .invalid,
                "the second line of the checkpoint is not the size of a tree",
                explanation: "A root without its size is the root of any tree.",
                remedy: ask
            )
        case .root:
            RefusalEntry(
                .invalid,
                "the third line of the checkpoint is not the root of a tree",
                explanation: "The root is all that a log vouches for.",
                remedy: ask
            )
        case .extension:
            RefusalEntry(
                .invalid,
                "the checkpoint has an empty line in its text",
                explanation: "Readers disagree where such a text ends, and so on what is signed.",
                remedy: ask
            )
        case .name:
            RefusalEntry(
                .invalid,
                "nobody of the expected name has signed the note",
                explanation: "A log signs under its own name; a signature under another is of another log.",
                remedy: ask
            )
        case .key:
            RefusalEntry(
                .invalid,
                "the note is signed under the expected name, but with another key",
                explanation:
                    "Anybody can write the log's name. The key that is known to be the log's did not sign, "
                    + "or the log has a new one.",
                remedy: "update the trusted root, which has the logs' keys"
            )
        case .signature:
            RefusalEntry(
                .invalid,
                "a signature of the note is not valid",
                explanation: "The text was altered after it was signed, or the signature is forged.",
                remedy: ask
            )
        }
    }
}
