// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of `SigningKeys`: what is wrong with a key, a key file or a set of signatures.
@nonexhaustive
public enum KeyCode: String, RefusalCode {
    case unknownType = "key.unknown-type"
    case unknownScheme = "key.unknown-scheme"
    case schemeMismatch = "key.scheme-mismatch"
    case malformed = "key.malformed"
    case tooWeak = "key.too-weak"
    case tooLarge = "key.too-large"
    case pairMismatch = "key.pair-mismatch"
    case filePermissions = "key.file-permissions"
    case fileFormat = "key.file-format"
    case foreignEncryption = "key.foreign-encryption"
    case kdfParameters = "key.kdf-parameters"
    case wrongPassphrase = "key.wrong-passphrase"
    case signatureMissing = "signature.missing"
    case thresholdInvalid = "signature.threshold-invalid"
    case thresholdNotMet = "signature.threshold-not-met"
    case duplicateKeyID = "signature.duplicate-key-id"
    case ambiguousKeyID = "signature.ambiguous-key-id"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .signatureMissing, .thresholdInvalid, .thresholdNotMet, .duplicateKeyID, .ambiguousKeyID:
            signatureEntry
        case .filePermissions, .fileFormat, .foreignEncryption, .kdfParameters, .wrongPassphrase:
            fileEntry
        default:
            keyEntry
        }
    }

    private var keyEntry: RefusalEntry {
        let tell = "tell the owner of the metadata which key is wrong"
        return switch self {
        case .unknownType:
            RefusalEntry(
                .invalid,
                "the key is of a type that Kingsnake does not know",
                explanation: "Nothing signed with such a key can be checked, so it counts for nothing.",
                remedy: "use ed25519, ecdsa or rsa keys, or a newer Kingsnake"
            )
        case .unknownScheme:
            RefusalEntry(
                .invalid,
                "the key names a signature scheme that Kingsnake does not know",
                explanation:
                    "The scheme says how a signature is checked; a guess could be a weaker check. Schemes of "
                    + "drafts, such as ml-dsa-65/1, are unknown unless somebody asks for them.",
                remedy: "use ed25519, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384 or rsassa-pss-sha256"
            )
        case .schemeMismatch:
            RefusalEntry(
                .invalid,
                "the key does not fit the signature scheme it names",
                explanation: "A key read as one of another type yields signatures that anybody can forge "
                    + "(CVE-2015-9258), so the type, the scheme and the key itself must agree.",
                remedy: tell
            )
        case .tooWeak:
            RefusalEntry(
                .invalid,
                "the key is too weak to trust",
                explanation:
                    "RSA below 2048 bits can be factored by those who pay for it, and a few Ed25519 points "
                    + "accept signatures that nobody made.",
                remedy: "make a new key, and replace this one in the metadata that lists it"
            )
        case .tooLarge:
            RefusalEntry(
                .invalid,
                "the key is larger than any honest key",
                explanation:
                    "Checking a signature with a giant key takes so long that it stops the verifier.",
                remedy: tell
            )
        case .pairMismatch:
            RefusalEntry(
                .invalid,
                "the private key does not belong to the public key beside it",
                explanation:
                    "A file was mixed up or damaged; signing with such a key can even give the private key "
                    + "away.",
                remedy: "restore the key file from its backup"
            )
        default:
            RefusalEntry(
                .invalid,
                "the key is not well-formed",
                explanation:
                    "Keys are decoded and checked when they are read: hexadecimal or PEM text, strict DER, "
                    + "a point on the curve, a sane modulus. A key that is only nearly right is not used.",
                remedy: tell
            )
        }
    }

    private var fileEntry: RefusalEntry {
        switch self {
        case .filePermissions:
            RefusalEntry(
                .invalid,
                "users other than its owner can access the private key file, or change what names a key",
                explanation:
                    "Whoever can read a key file can sign in its owner's name, now and later. A `.signer` file names "
                    + "code that is run: it and its folder must be yours or root's, and nobody else may write them.",
                remedy:
                    "run `chmod 600` on the file and `chmod 700` on its folder, and replace the key if others may have "
                    + "read it; look at a `.signer` file that others could write before you use it"
            )
        case .foreignEncryption:
            RefusalEntry(
                .invalid,
                "the private key is encrypted in a way that Kingsnake does not read",
                explanation:
                    "Encrypted PEM files use many old ciphers; Kingsnake reads its own encrypted files only.",
                remedy: "decrypt it with the program that made it, import it, and destroy the decrypted copy"
            )
        case .kdfParameters:
            RefusalEntry(
                .invalid,
                "the key file asks for key derivation that is too cheap or too costly",
                explanation: "The cost is written in the file; an altered one could take all memory, "
                    + "and one that is too cheap lets others try passphrases quickly.",
                remedy: "restore the key file from its backup"
            )
        case .wrongPassphrase:
            RefusalEntry(
                .invalid,
                "the passphrase is wrong, or the key file was altered",
                explanation:
                    "The file is encrypted and authenticated as a whole; the two cases cannot be told apart.",
                remedy:
                    "try the passphrase again; if you are sure of it, restore the key file from its backup"
            )
        default:
            RefusalEntry(
                .invalid,
                "the file is not a key file in a form that Kingsnake reads",
                explanation:
                    "Kingsnake reads its own JSON key files, and PEM files with one key of a known type.",
                remedy: "check that this is the key file you meant"
            )
        }
    }

    private var signatureEntry: RefusalEntry {
        switch self {
        case .signatureMissing:
            RefusalEntry(
                .missing,
                "the metadata is not signed at all",
                explanation: "Whoever strips signatures hopes that a client then does without; it does not.",
                remedy: "try another mirror; if it repeats, tell the channel's owner"
            )
        case .thresholdInvalid:
            RefusalEntry(
                .invalid,
                "the number of signatures demanded is less than one",
                explanation: "A threshold of zero would accept metadata that nobody signed (CVE-2026-23992).",
                remedy: "tell the owner of the metadata that lists the threshold"
            )
        case .duplicateKeyID:
            RefusalEntry(
                .invalid,
                "two signatures name the same key",
                explanation: "Counting both would let one key holder pass for several (CVE-2020-6174), "
                    + "and choosing one of them would let readers disagree.",
                remedy: "try another mirror; if it repeats, tell the channel's owner"
            )
        case .ambiguousKeyID:
            RefusalEntry(
                .invalid,
                "one key id stands for two different keys",
                explanation: "Which of the two checks a signature would then depend on the reader.",
                remedy: "tell the owner of the metadata that lists the keys"
            )
        default:
            RefusalEntry(
                .invalid,
                "too few of the authorised keys have validly signed",
                explanation:
                    "Each key counts once, whatever ids it is listed under; wrong, empty and unknown "
                    + "signatures count for nothing.",
                remedy: "try another mirror; if it repeats, tell the channel's owner"
            )
        }
    }
}
