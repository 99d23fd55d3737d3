// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals about settings of conda clients: what cannot be changed so that it can be taken back for certain.
@nonexhaustive
public enum ClientSettingsCode: String, RefusalCode {
    case proxyAddress = "client.proxy-address"
    case settingsSyntax = "client.settings-syntax"
    case settingsAnchors = "client.settings-anchors"
    case settingsDuplicateKey = "client.settings-duplicate-key"
    case settingsForm = "client.settings-form"
    case settingsFlags = "client.settings-flags"
    case settingsLayered = "client.settings-layered"
    case settingsSecret = "client.settings-secret"
    case blockAltered = "client.block-altered"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .proxyAddress:
            RefusalEntry(
                .policy,
                "that is no address for a proxy on this machine",
                explanation:
                    "Clients believe what the proxy sends them without TLS. On a network anybody in between could change "
                    + "it after it was verified.",
                remedy: "give `http://127.0.0.1:PORT`, where `kingsnake proxy` listens"
            )
        case .settingsSyntax:
            RefusalEntry(
                .invalid,
                "the settings file is not well-formed",
                explanation:
                    "What a client makes of such a file is unknown, and so is what a change would do to it.",
                remedy: "correct the file"
            )
        case .settingsAnchors:
            RefusalEntry(
                .policy,
                "the settings file has an anchor or an alias",
                explanation: "A value that stands in two places cannot be changed in one of them.",
                remedy: "write the value out in both places"
            )
        case .settingsDuplicateKey:
            RefusalEntry(
                .invalid,
                "the settings file has one key twice",
                explanation: "Clients differ in which of the two counts.",
                remedy: "remove one of the two"
            )
        case .settingsForm:
            RefusalEntry(
                .policy,
                "the settings file has a form that is not changed line by line",
                explanation:
                    "After the change the file would not say the same in all other keys. Such are a whole file in braces "
                    + "(YAML), and keys with dots and tables in braces (TOML).",
                remedy: "write each key at the beginning of a line of its own"
            )
        case .settingsFlags:
            RefusalEntry(
                .policy,
                "a flag such as `#!final` would lose its meaning",
                explanation:
                    "conda reads such a flag together with the comment in the next line, and then ignores both.",
                remedy: "put a key without a flag after the one that has it"
            )
        case .settingsLayered:
            RefusalEntry(
                .policy,
                "the client reads several settings files, of which one command can be given only one",
                explanation: "With one of them in place of all, the others would silently not count.",
                remedy: "use `kingsnake enable`, or put the settings into one file"
            )
        case .settingsSecret:
            RefusalEntry(
                .policy,
                "a password or a token would get into a settings file that others may read",
                explanation:
                    "Channels of all files that count are named again in the one that is changed, with what stands in "
                    + "their URLs. A file that is not there yet is made for the user alone.",
                remedy:
                    "take the file’s permissions for others away (`chmod 600`), or the password out of the URL"
            )
        case .blockAltered:
            RefusalEntry(
                .policy,
                "what `kingsnake enable` wrote into the settings file was changed since",
                explanation:
                    "Taking it back could take away what somebody else wrote, or leave something behind.",
                remedy:
                    "move your own lines out of the marked block, or compare with the copy beside the file by hand"
            )
        }
    }
}
