// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import TrustCore

struct ServerCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look whether everything that a server keeps is there, and is what it was.",
        discussion: """
            The database, every stored file against its digest, publish logs from their entries up to the signed checkpoint, \
            indexes against the files that were accepted, signatures from the first root down, and keys. Nothing is changed, and \
            the server may run meanwhile. The exit status is that of the worst finding.
            """
    )

    @Argument(help: ArgumentHelp("The server's folder.", valueName: "dir"), completion: .directory)
    var directory: String

    @OptionGroup var output: OutputOptions

    func validate() throws { try UsageCheck.path(directory, of: "the server's folder") }

    func run() async throws {
        let console = output.console
        let folder = try ServerFolder.existing(directory)
        let progress = CountBar(console, "files read")
        let report = try await ServerCheck(folder, now: SystemClock.now).run {
            progress.show($0, of: $1)
        }
        progress.clear()
        say(report, console)
        console.emit(document(report))
        if let status = Self.exitStatus(report.findings) { throw ExitCode(status) }
    }

    /// That of the worst finding; nil if there is none.
    private static func exitStatus(_ findings: [Refusal]) -> Int32? {
        let kinds = Set(findings.map(\.code.entry.kind))
        return [RefusalKind.invalid, .stale, .missing, .policy].first { kinds.contains($0) }?.exitStatus
    }

    private func say(_ report: ServerCheck.Report, _ console: Console) {
        for finding in report.findings {
            console.say("\(console.bad("wrong")) \(finding.subject): \(finding.code.entry.summary)")
            if let location = finding.location { console.say("  where     \(location)") }
            if let expected = finding.expected { console.say("  expected  \(expected)") }
            if let found = finding.found { console.say("  found     \(found)") }
            console.say("  code      \(finding.codeName)")
        }
        LabelledLine("channels", "\(report.channels)").say(on: console)
        LabelledLine("files", "\(report.blobs) read").say(on: console)
        LabelledLine("logs", "\(report.logEntries) entries").say(on: console)
        if report.stale > 0 {
            LabelledLine("waiting", "\(Counted(report.stale, "subdir")) to be indexed, not compared").say(
                on: console
            )
        }
        if report.unreferenced.count > 0 {
            let files =
                "\(Counted(report.unreferenced.count, "file")), \(ByteCount(report.unreferenced.bytes))"
            LabelledLine("unused", "\(files): swept away by the server once a day old").say(on: console)
        }
        let count = report.findings.count
        console.say(
            count == 0
                ? "\(console.good("nothing is wrong"))" : "\(console.bad("\(Counted(count, "thing")) wrong"))"
        )
    }

    private func document(_ report: ServerCheck.Report) -> JSONObject {
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = report.findings.isEmpty ? "ok" : "refused"
        document["channels"] = .number(JSONNumber(Int64(report.channels)))
        document["blobs"] = .number(JSONNumber(Int64(report.blobs)))
        document["log_entries"] = .number(JSONNumber(report.logEntries))
        document["stale_subdirs"] = .number(JSONNumber(Int64(report.stale)))
        document["unreferenced_blobs"] = .number(JSONNumber(Int64(report.unreferenced.count)))
        document["unreferenced_bytes"] = .number(JSONNumber(Int64(clamping: report.unreferenced.bytes)))
        document["findings"] = .array(report.findings.map { .object(ErrorReport.json(of: $0)) })
        return document
    }
}
