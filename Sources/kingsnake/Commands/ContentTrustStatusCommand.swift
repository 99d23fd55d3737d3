// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import ContentTrust
import DurableFiles
import TrustCore

struct ContentTrustStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show who may sign a channel's records, until when, and which records are signed.",
        discussion: """
            The metadata is verified, from the owner's copy of the root beside the keys if that is there, and so is every \
            signature of every record. No key is needed. It ends with 4 if records are not signed as they should be, or metadata \
            has run out or is missing.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Option(
        name: .customLong("subdir"),
        help: ArgumentHelp("Look at this subdir only; may be repeated. (default: all)", valueName: "name")
    )
    var subdirs: [String] = []

    @OptionGroup var output: OutputOptions

    func validate() throws {
        for subdir in subdirs { _ = try UsageCheck.value(subdir) { try Subdir($0) } }
    }

    func run() throws {
        let console = output.console
        let status = try ContentTrustStatus(
            directory: try channel.path,
            keys: try channel.keyRing.directory,
            subdirs: subdirs.isEmpty ? nil : subdirs.map { try Subdir($0) },
            now: SystemClock.now
        )
        console.say("\(try channel.path)")
        console.say("profile `\(status.trust.profile.rawValue)`: \(status.profileWords)")
        let anchor =
            status.trust.isAnchored ? "the owner's copy of the root" : "the root in the folder itself"
        console.say("verified from \(anchor)")
        console.say("")
        metadata(status).lines.forEach { console.say("\($0)") }
        for file in status.files {
            for entry in file.malformed {
                console.say("  `\(file.role.rawValue)`, counts for nothing: \(entry.words)")
            }
        }
        console.say("")
        records(status).lines.forEach { console.say("\($0)") }
        for index in status.indexes {
            for problem in index.problems {
                console.say("  `\(index.file)` `\(problem.fileName)`: \(problem.reason)")
            }
            if index.isCompressedFormDifferent { console.say("  `\(index.file).zst` says something else") }
        }
        console.say("")
        for item in status.protection.protected { console.say("protected: \(item)") }
        for item in status.protection.unprotected { console.say("not protected: \(item)") }
        if !status.otherForms.isEmpty {
            let names = status.otherForms.map { "`\($0)`" }.joined(separator: ", ")
            console.say("without signatures: \(names)")
        }
        console.say("")
        if status.nextSteps.isEmpty { console.say("nothing is due") }
        for step in status.nextSteps { console.say("next: \(step)") }
        console.emit(status.json)
        if !status.isGood { throw ExitCode(RefusalKind.missing.exitStatus) }
    }

    private func metadata(_ status: ContentTrustStatus) -> TextTable {
        var table = TextTable(["METADATA", "VERSION", "SIGNERS", "KEYS", "EXPIRES", ""])
        for file in status.files {
            table.add([
                file.role.rawValue, file.version.map { "\($0)" } ?? "",
                "\(file.threshold) of \(file.keys.count)",
                file.keys.map { String($0.hex.prefix(8)) }.joined(separator: " "), file.expires.description,
                status.remaining(file),
            ])
        }
        for form in RecordForm.allCases {
            let keys = status.trust.keys(for: form)
            guard !keys.isEmpty else { continue }
            table.add([
                "records for \(form.rawValue)", "",
                "\(status.trust.authority.delegation.threshold) of \(keys.count)",
                keys.map { String($0.hex.prefix(8)) }.joined(separator: " "), "", "",
            ])
        }
        return table
    }

    private func records(_ status: ContentTrustStatus) -> TextTable {
        var table = TextTable(["INDEX", "RECORDS", "SIGNED", "UNSIGNED", "STALE", "NOT FOR MAMBA"])
        for index in status.indexes {
            table.add([
                index.file, "\(index.recordCount)", "\(index.signedCount)",
                "\(index.unsignedCount + index.unsignableCount)", "\(index.staleCount)",
                "\(index.withoutMambaFormCount)",
            ])
        }
        return table
    }
}
