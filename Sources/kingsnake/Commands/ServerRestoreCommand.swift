// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import Transport
import TrustCore

struct ServerRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a server's folder of a backup.",
        discussion: """
            DIR has nothing but settings and keys. A publish log must never have two roots for one size, and people have seen \
            what came after the backup: so give the last checkpoint that was served (--checkpoint, from a mirror, a monitor or a \
            witness) of each log; DIR/publish-log, if it is there, proves the same. If the backup lacks entries that were \
            published, or nobody can tell, --lost ends the log, and another begins under another name with what is left. \
            Versions of signed metadata leap ahead of all that can have been signed since.

            Users, roles and keys are those of the backup: what was revoked since is good again.
            """
    )

    @Argument(help: ArgumentHelp("The backup's folder.", valueName: "backup"), completion: .directory)
    var backup: String

    @Argument(
        help: ArgumentHelp("The folder that becomes the server's.", valueName: "dir"),
        completion: .directory
    )
    var directory: String

    @Option(
        help: ArgumentHelp(
            "The last checkpoint that a log served: a file, or a URL that ends in /log/checkpoint; may be given again.",
            valueName: "file|url"
        ),
        completion: .file()
    )
    var checkpoint: [String] = []

    @Flag(help: "Take for lost what no checkpoint proves: such logs end, and go on under other names.")
    var lost = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(backup, of: "the backup's folder")
        try UsageCheck.path(directory, of: "the server's folder")
    }

    func run() async throws {
        let console = output.console
        let notes = try await checkpoints()
        let progress = CountBar(console, "files restored")
        let restore = ServerRestore(
            ServerBackup(directory: try Folder.absolute(backup)),
            to: ServerFolder(try Folder.absolute(directory))
        )
        let outcome = try await restore.run(
            checkpoints: notes,
            isLost: lost,
            now: SystemClock.now,
            progress: { progress.show($0, of: $1) }
        )
        progress.clear()
        console.say("restored \(directory) from \(backup)")
        BackupReport.say(outcome.contents, on: console)
        for origin in outcome.continued { LabelledLine("goes on", origin).say(on: console) }
        for (old, new) in outcome.renamed {
            LabelledLine("ended", "\(old); goes on as \(new)").say(on: console)
        }
        for (channel, version) in outcome.leastVersions {
            LabelledLine("leaps", "metadata of `\(channel)` to version \(version)").say(on: console)
        }
        remind(outcome, console)
        console.emit(document(outcome))
    }

    private func remind(_ outcome: ServerRestore.Outcome, _ console: Console) {
        let folder = ServerFolder(directory)
        for path in [folder.keys, folder.log] where !Folder.exists(path) {
            console.remark("put \(path) back before the server is started: keys are in no backup")
        }
        console.remark("revoke again whatever keys and roles were revoked after \(outcome.contents.made)")
        if !outcome.renamed.isEmpty {
            console.remark("tell those who watch the log its new name and key, and why; witnesses, too")
        }
    }

    /// Reads them all before anything is made.
    private func checkpoints() async throws -> [SignedNote] {
        var notes: [SignedNote] = []
        let fetcher = URLFetcher()
        do {
            for source in checkpoint {
                let bytes: [UInt8]?
                if source.hasPrefix("https://") || source.hasPrefix("http://") {
                    bytes = try await fetcher.bytes(source, maximumLength: SignedNote.maximumLength)
                } else {
                    bytes = try DurableFile.read(source, maximumLength: SignedNote.maximumLength)
                }
                guard let bytes else { throw Failure(.configuration, "there is no checkpoint", at: source) }
                notes.append(try SignedNote(parsing: bytes))
            }
            await fetcher.shutdown()
            return notes
        } catch {
            await fetcher.shutdown()
            throw error
        }
    }

    private func document(_ outcome: ServerRestore.Outcome) -> JSONObject {
        var document = BackupReport.document(outcome.contents)
        document["logs_continued"] = .array(outcome.continued.map { .string($0) })
        document["logs_renamed"] = .array(
            outcome.renamed.map { old, new in
                var object = JSONObject()
                object["old"] = .string(old)
                object["new"] = .string(new)
                return .object(object)
            }
        )
        document["least_versions"] = .array(
            outcome.leastVersions.map { channel, version in
                var object = JSONObject()
                object["channel"] = .string(channel)
                object["version"] = .number(JSONNumber(version))
                return .object(object)
            }
        )
        return document
    }
}
