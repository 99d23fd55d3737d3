// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import SigningKeys
import Transport
import TrustCore

struct LogMonitorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor",
        abstract:
            "Watch a log once, and its channels' indexes: run it from time to time, and look at its exit status.",
        discussion: """
            The log continues what was seen before, and its entries are those that its root stands for. Every record of each \
            channel's repodata.json is logged; every file that was logged is listed, unless it was yanked or removed; nobody \
            unexpected published a package: by --publishers, or else whoever published it first. Entries that were read are \
            kept, and read from the log once. A finding is found again by each run, until it is mended or, for a publisher, \
            written into the file of --publishers.

            Shards and the index's signatures are not looked at: installing checks those.
            """
    )

    @Argument(
        help: ArgumentHelp("The log's URL, such as https://channels.example.org/log.", valueName: "url")
    )
    var url: String

    @Option(
        help: ArgumentHelp(
            "Who is expected to publish what, a JSON file: see docs/publish-log.md.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var publishers: String?

    @Option(
        help: ArgumentHelp(
            "How many seconds an index may lag behind the log. (default: 900)",
            valueName: "seconds"
        )
    )
    var grace: Int64 = 900

    @Flag(help: "Download every file that was logged since the last run, and compare its digest.")
    var download = false

    @OptionGroup var trust: LogTrustOptions
    @OptionGroup var locations: LocationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try LogTrustOptions.check(url)
        try UsageCheck.path(publishers, of: "--publishers")
        guard grace >= 0 else { throw ValidationError("--grace: expected a number of seconds from 0") }
    }

    func run() async throws {
        let console = output.console
        let expected = try publishers.map { path in
            guard let bytes = try DurableFile.read(path, maximumLength: ExpectedPublishers.maximumLength)
            else {
                throw Failure(.disk, "there is no such file", at: path)
            }
            return try ExpectedPublishers(parsing: bytes, of: path)
        }
        let bar = ProgressBar(console)
        let report = try await trust.following(url, locations, console) { watch, fetcher in
            try await LogMonitor(
                watch,
                fetcher: fetcher,
                expected: expected ?? ExpectedPublishers(),
                grace: grace,
                now: SystemClock.now,
                progress: { bar.advance(UInt64($0)) }
            ).run(downloads: download)
        }
        bar.clear()
        show(report, console)
        if let worst = Self.worst(report.findings) { throw ExitCode(worst) }
    }

    private func show(_ report: LogMonitor.Report, _ console: Console) {
        for finding in report.findings {
            console.say("\(console.bad("finding")): \(finding.subject): \(finding.code.entry.summary)")
            let rows = [
                ("where", finding.location), ("expected", finding.expected), ("found", finding.found),
                ("hint", finding.remedy), ("code", finding.codeName),
            ]
            for (label, text) in rows { if let text { LabelledLine(label, text).say(on: console) } }
        }
        console.say("watched \(RedactedURL(url)): \(Counted(report.findings.count, "finding"))")
        report.checkpoint.say(on: console)
        console.say(
            "  \(Counted(report.newEntries, "new entry")); \(Counted(report.recordCount, "record")) in \(Counted(report.channels.count, "channel")) compared"
        )
        if download { console.say("  \(Counted(report.downloadCount, "download")) compared") }
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = report.findings.isEmpty ? "ok" : "refused"
        document["checkpoint"] = .object(report.checkpoint.json)
        document["new_entries"] = .number(JSONNumber(Int64(report.newEntries)))
        document["channels"] = .array(report.channels.map { .string($0) })
        document["records"] = .number(JSONNumber(Int64(report.recordCount)))
        document["downloads"] = .number(JSONNumber(Int64(report.downloadCount)))
        document["findings"] = .array(report.findings.map { .object(ErrorReport.json(of: $0)) })
        console.emit(document)
    }

    /// Bad evidence before all else.
    private static func worst(_ findings: [Refusal]) -> Int32? {
        let kinds = Set(findings.map(\.code.entry.kind))
        return [RefusalKind.invalid, .stale, .policy, .missing].first(where: kinds.contains)?.exitStatus
    }
}
