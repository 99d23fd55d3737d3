// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Hummingbird
public import TrustCore

/// The refusals of publish logs: what they hold, how a server keeps them, and what those who watch them find.
@nonexhaustive
public enum PublishLogCode: String, RefusalCode {
    case entry = "publish-log.entry"
    // A server about its own log.
    case databaseBehind = "publish-log.database-behind"
    case tilesDiffer = "publish-log.tiles-differ"
    case secondRoot = "publish-log.second-root"
    // Somebody who asks a log.
    case missing = "publish-log.missing"
    case notLogged = "publish-log.not-logged"
    // Somebody who watches a log.
    case shrunk = "publish-log.shrunk"
    case forked = "publish-log.forked"
    case rewritten = "publish-log.rewritten"
    case unlogged = "publish-log.unlogged"
    case recordDiffers = "publish-log.record-differs"
    case unlisted = "publish-log.unlisted"
    case stillListed = "publish-log.still-listed"
    case publishedTwice = "publish-log.published-twice"
    case unexpectedPublisher = "publish-log.unexpected-publisher"
    case expectations = "publish-log.expectations"
    case indexUnlogged = "publish-log.index-unlogged"
    case indexSuperseded = "publish-log.index-superseded"
    case loggedLate = "publish-log.logged-late"
    case keyChanged = "publish-log.key-changed"
    case publishersChanged = "publish-log.publishers-changed"
    // A server about its own log, once more.
    case keyDiffers = "publish-log.key-differs"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .entry, .databaseBehind, .tilesDiffer, .secondRoot, .keyDiffers: serverEntry
        case .missing, .notLogged, .shrunk, .forked, .rewritten: logEntry
        case .indexUnlogged, .indexSuperseded, .loggedLate: indexEntry
        default: contentEntry
        }
    }

    private var serverEntry: RefusalEntry {
        switch self {
        case .entry:
            RefusalEntry(
                .invalid,
                "the log has an entry that no server of ours writes",
                explanation:
                    "An entry that can be read in two ways, or lacks what its event demands, tells nobody what "
                    + "was published.",
                remedy: "ask whoever runs the log what the entry is"
            )
        case .databaseBehind:
            RefusalEntry(
                .stale,
                "the log was published with more entries than the database has",
                explanation:
                    "A database from an old backup, or of another machine, would continue the log with other "
                    + "entries than people have seen: a fork that cannot be mended.",
                remedy:
                    "restore the newest database; if entries are lost for good, start a new log under a new name"
            )
        case .tilesDiffer:
            RefusalEntry(
                .invalid,
                "the log's tiles or entries do not lead to its root",
                explanation:
                    "Tiles, entries and the root are made together. One of them was damaged or changed since.",
                remedy:
                    "if the log is yours, stop the server and compare its database and blobs with the last backup; "
                    + "else try again later"
            )
        case .keyDiffers:
            RefusalEntry(
                .invalid,
                "the log's key is not the one that signed it so far",
                explanation:
                    "Whoever trusts the log by its key would take what another key signs for somebody else's log.",
                remedy:
                    "put the key back in the server's folder; if it is lost, start a new log under a new name"
            )
        default:
            RefusalEntry(
                .invalid,
                "the log's key has signed another root for that size",
                explanation: "Two roots for one size are the proof of a log that shows different histories.",
                remedy: "stop the server, and find out who else has its key or its folder"
            )
        }
    }

    private var logEntry: RefusalEntry {
        switch self {
        case .missing:
            RefusalEntry(
                .missing,
                "the log does not serve what its checkpoint stands for",
                explanation: "A log that keeps tiles or entries back can be checked by nobody.",
                remedy: "check the address; if it is right, ask whoever runs the log"
            )
        case .notLogged:
            RefusalEntry(
                .missing,
                "the log has no entry about that file",
                explanation: "What was published by the server is in its log. This was not, or not yet.",
                remedy: "check that the file is the one that the channel serves"
            )
        case .shrunk:
            RefusalEntry(
                .stale,
                "the log is smaller than it was",
                explanation:
                    "A log only grows. Either an old checkpoint was served, by a cache or by somebody who holds "
                    + "news back, or the log was thrown away and begun anew.",
                remedy: "try again later and from elsewhere; if it stays so, ask whoever runs the log"
            )
        case .forked:
            RefusalEntry(
                .invalid,
                "the log has two roots for one size",
                explanation:
                    "Its key signed two histories. Both checkpoints together prove that to everybody.",
                remedy: "keep both checkpoints, which are shown, and tell the channel's users"
            )
        default:
            RefusalEntry(
                .invalid,
                "the log is not the continuation of what it was",
                explanation:
                    "Entries that were seen before were changed or taken away: the history was rewritten.",
                remedy: "keep what was seen before, and tell the channel's users"
            )
        }
    }

    private var indexEntry: RefusalEntry {
        switch self {
        case .indexUnlogged:
            RefusalEntry(
                .invalid,
                "an index is served that the log does not know",
                explanation:
                    "Every index that is put up is logged in the same moment, so that nobody can be shown one of their own. "
                    + "This one was never put up, or the log is held back.",
                remedy: "do not install from it; try again, and if it stays so, ask whoever runs the channel"
            )
        case .indexSuperseded:
            RefusalEntry(
                .stale,
                "an index is served that the log says was replaced",
                explanation:
                    "A cache holds it for too long, or somebody keeps news back, such as that a file was yanked.",
                remedy:
                    "try again later and from elsewhere; if it stays so, ask whoever runs the channel"
            )
        default:
            RefusalEntry(
                .invalid,
                "an index lists a file that was logged only after it",
                explanation:
                    "Clients were offered a file before anybody could know of it from the log.",
                remedy: "ask whoever runs the channel what happened"
            )
        }
    }

    private var contentEntry: RefusalEntry {
        switch self {
        case .unlogged:
            RefusalEntry(
                .invalid,
                "the index lists a file that the log does not have",
                explanation: "Somebody put it into the index behind the log's back.",
                remedy: "do not install it, and ask whoever runs the channel"
            )
        case .recordDiffers:
            RefusalEntry(
                .invalid,
                "the index, or the download, is not the file that was logged",
                explanation: "A file name means the same bytes for ever; the log says which.",
                remedy: "do not install it, and ask whoever runs the channel"
            )
        case .unlisted:
            RefusalEntry(
                .missing,
                "the index lacks a file that was logged and never yanked or removed",
                explanation:
                    "A file that is taken away without a trace may be an update that somebody keeps back.",
                remedy: "try again later; if it stays so, ask whoever runs the channel"
            )
        case .stillListed:
            RefusalEntry(
                .stale,
                "the index lists a file that was yanked or removed",
                explanation: "Who took it out had a reason, and whoever installs it now does not know it.",
                remedy: "try again later; if it stays so, ask whoever runs the channel"
            )
        case .publishedTwice:
            RefusalEntry(
                .invalid,
                "the log has two different files under one name",
                explanation: "A file name means the same bytes for ever; lock files and caches rely on it.",
                remedy: "do not install it, and ask whoever runs the channel"
            )
        case .unexpectedPublisher:
            RefusalEntry(
                .policy,
                "a package was published by somebody who is not expected to",
                explanation:
                    "A new publisher of an old name may be a new maintainer, or somebody who took an account over.",
                remedy:
                    "ask the package's maintainers; if it is right, add the publisher to your expectations"
            )
        case .keyChanged:
            RefusalEntry(
                .policy,
                "the keys of a channel changed",
                explanation:
                    "New metadata of the offline keys are in force: other keys, another threshold, or a renewal.",
                remedy: "ask the channel's owners whether they held that ceremony"
            )
        case .publishersChanged:
            RefusalEntry(
                .policy,
                "who may publish changed",
                explanation: "A publisher was added to a channel, or taken away.",
                remedy: "ask the channel's owners whether they did that"
            )
        default:
            RefusalEntry(
                .invalid,
                "the file is not one of expected publishers",
                explanation: "A slip in it could let everybody pass.",
                remedy: "correct the file as `docs/publish-log.md` shows it"
            )
        }
    }
}

extension PublishLogCode: HTTPRefusalCode {
    var httpStatus: HTTPResponse.Status {
        switch self {
        case .entry: .unprocessableContent
        default: .internalServerError
        }
    }
}
