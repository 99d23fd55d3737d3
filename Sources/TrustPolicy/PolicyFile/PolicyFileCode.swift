// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of files that say who may publish what: policies, their tests, and publisher locks.
@nonexhaustive
public enum PolicyFileCode: String, RefusalCode {
    case encoding = "policy-file.encoding"
    case syntax = "policy-file.syntax"
    case alias = "policy-file.alias"
    case duplicateKey = "policy-file.duplicate-key"
    case tooDeep = "policy-file.too-deep"
    case tooLarge = "policy-file.too-large"
    case shape = "policy-file.shape"
    case unknownKey = "policy-file.unknown-key"
    case notYet = "policy-file.not-yet"
    case version = "policy-file.version"
    case empty = "policy-file.empty"
    case wildcard = "policy-file.wildcard"
    case pattern = "policy-file.pattern"
    case publisher = "policy-file.publisher"
    case issuerMissing = "policy-file.issuer-missing"
    case channel = "policy-file.channel"
    case duplicate = "policy-file.duplicate"
    case threshold = "policy-file.threshold"
    case value = "policy-file.value"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .encoding, .syntax, .alias, .duplicateKey, .tooDeep, .tooLarge: textEntry
        case .shape, .unknownKey, .notYet, .version, .value: memberEntry
        default: meaningEntry
        }
    }

    /// Nobody's server: the user or the channel's owner wrote it.
    public var accusesServer: Bool { false }

    private var textEntry: RefusalEntry {
        let repair = "correct the file; `kingsnake policy check FILE` says where"
        switch self {
        case .encoding:
            return RefusalEntry(
                .invalid,
                "the policy file is not valid UTF-8",
                explanation:
                    "Two programs replace broken text in two ways, and then demand different things.",
                remedy: repair
            )
        case .syntax:
            return RefusalEntry(
                .invalid,
                "the policy file is not well-formed YAML",
                explanation: "A reader that guesses what was meant may allow what was not.",
                remedy: repair
            )
        case .alias:
            return RefusalEntry(
                .invalid,
                "the policy file uses YAML anchors or aliases",
                explanation:
                    "With them a line means what another line says, and a few can stand for more data than "
                    + "fits in memory. "
                    + "A value that begins with `*` needs quotes.",
                remedy: "write the value out, or put quotes around a text that begins with `*` or `&`"
            )
        case .duplicateKey:
            return RefusalEntry(
                .invalid,
                "the policy file has one key twice",
                explanation: "One of the two would count, and people who read the other would be deceived.",
                remedy: repair
            )
        case .tooDeep:
            return RefusalEntry(
                .invalid,
                "the policy file is nested deeper than any honest one",
                explanation: "Deep nesting exhausts the stack of a recursive reader.",
                remedy: repair
            )
        default:
            return RefusalEntry(
                .invalid,
                "the policy has more entries than are read",
                explanation: "What is compared with every package must stay small.",
                remedy: "describe several packages by one pattern, such as `lab-*`"
            )
        }
    }

    private var memberEntry: RefusalEntry {
        let repair = "correct the place; docs/policy.md describes every key"
        switch self {
        case .shape:
            return RefusalEntry(
                .invalid,
                "a value of the policy is missing or of another type than its key demands",
                explanation: "A demand that cannot be understood must not be taken for none.",
                remedy: repair
            )
        case .unknownKey:
            return RefusalEntry(
                .invalid,
                "the policy has a key that nobody knows",
                explanation: "A slip of the fingers in a condition would be a condition less.",
                remedy: repair
            )
        case .notYet:
            return RefusalEntry(
                .invalid,
                "the policy demands something that this version cannot enforce yet",
                explanation: "The key is reserved. To pass over it would be to promise what is not kept.",
                remedy: "leave the key out, or update Kingsnake once it knows it"
            )
        case .version:
            return RefusalEntry(
                .invalid,
                "the policy file has a version that is not supported",
                explanation: "Keys can change their meaning between versions.",
                remedy: "write `version: 1`, or update Kingsnake"
            )
        default:
            return RefusalEntry(
                .invalid,
                "a value of the policy is not of the form that its key demands",
                explanation:
                    "A date, number or name that nothing can ever equal would lock everybody out, and one "
                    + "that "
                    + "equals too much would let everybody in.",
                remedy: repair
            )
        }
    }

    private var meaningEntry: RefusalEntry {
        switch self {
        case .empty:
            RefusalEntry(
                .invalid,
                "the policy demands something of nobody",
                explanation:
                    "An empty list of publishers could be read as \"anyone\" or as \"nobody\". It is read as "
                    + "an error, and so is a rule that is about no file or about every one.",
                remedy: "name at least one, or leave the entry out"
            )
        case .wildcard:
            RefusalEntry(
                .invalid,
                "the policy has a wildcard that does not stand for one whole component",
                explanation:
                    "A wildcard within a name or across a `/` lets in names that somebody else can register: "
                    + "`pallets/flask*` is `pallets/flask-cors` as well.",
                remedy: "write the name in full, or `OWNER/*`, or `refs/tags/*`"
            )
        case .pattern:
            RefusalEntry(
                .invalid,
                "a pattern for packages is neither a name nor a prefix that ends at a boundary",
                explanation: "`lab*` would fit `laboratory-of-somebody-else` too.",
                remedy:
                    "write a name, a prefix that ends in `-*`, `_*` or `.*`, or `*` for every other package"
            )
        case .publisher:
            RefusalEntry(
                .invalid,
                "it is not clear who a publisher of the policy is",
                explanation:
                    "Each publisher is exactly one of `github`, `gitlab`, `identity` and `key`, with such "
                    + "conditions as fit it.",
                remedy: "give exactly one of the four; docs/policy.md shows each"
            )
        case .issuerMissing:
            RefusalEntry(
                .invalid,
                "a publisher of the policy has no issuer",
                explanation:
                    "An identity is a name that some issuer vouches for. Another issuer can give the same "
                    + "name to "
                    + "somebody else.",
                remedy: "add `issuer:`, as the certificate names it"
            )
        case .channel:
            RefusalEntry(
                .invalid,
                "the policy is not about a channel that it could be about",
                explanation:
                    "A channel is named by its canonical URL: a short name stands for different channels on "
                    + "different "
                    + "machines, and what one channel's owner signed must not count in another.",
                remedy: "write the channel's canonical URL, as `kingsnake trust list` shows it"
            )
        case .duplicate:
            RefusalEntry(
                .invalid,
                "the policy says one thing twice",
                explanation:
                    "Of two entries for one pattern only one could count, and one publisher who stands twice "
                    + "would seem to be two.",
                remedy: "put the two together"
            )
        default:
            RefusalEntry(
                .invalid,
                "the policy demands an impossible number of publishers",
                explanation: "None at all would be anyone; more than there are could never be reached.",
                remedy: "demand at least one, and at most as many as the entry names"
            )
        }
    }
}
