// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import Foundation
import TrustCore

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a refusal code means, or what is known of a package and why.",
        discussion: """
            With a code such as `tuf.rollback`: what it means, which attack it stops, what to do. With what stands before \
            the dot, such as `index-digest`: all codes that begin so.
            With a package's URL or file: every finding about it, and who vouches for what.
            With a package's name, name=version or a file name: which files the pinned channels list for this machine, those \
            that a proxy observed as it last saw them, and which of them are hidden, and why.
            """
    )

    @Argument(
        help: ArgumentHelp("A refusal code, or a package's URL, file or name.", valueName: "code-or-package"),
        completion: .custom { _, _, _ in RefusalCatalog.names }
    )
    var subject: String?

    @Option(
        help: ArgumentHelp(
            "For a package's name: a policy file, such as a proxy's, in place of your own.",
            valueName: "file"
        ),
        completion: .file()
    )
    var policy: String?

    @Flag(help: "List every code.")
    var list = false

    @Flag(help: ArgumentHelp("Print all codes as a Markdown document.", visibility: .hidden))
    var markdown = false

    @OptionGroup var gate: GateOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !list, !markdown else { return }
        try UsageCheck.path(policy, of: "--policy")
        guard policy == nil || listed != nil else {
            throw ValidationError("--policy is for a package's name, `name=version` or a file name")
        }
        guard let subject else {
            throw ValidationError("give a refusal code or a package; --list shows all codes")
        }
        guard RefusalCatalog.codes(named: subject).isEmpty else { return }
        guard listed == nil else { return }
        guard subject.contains("://") || subject.hasSuffix(".conda") || subject.hasSuffix(".tar.bz2") else {
            throw ValidationError(
                "`\(subject)` is neither a known code (see `kingsnake explain --list`) nor a package"
            )
        }
        try UsageCheck.package(subject)
    }

    func run() async throws {
        let console = output.console
        if markdown { return StandardStream.send(RefusalGuide.markdown, to: STDOUT_FILENO) }
        if list { return showAll(console) }
        guard let subject else { return }
        let codes = RefusalCatalog.codes(named: subject)
        guard codes.isEmpty else { return show(codes, console) }
        if let listed {
            let policy = try policy.map { try PolicySource.user(of: $0) }
            let listing = PackageListing(subject: listed, policy: policy, gate: gate, console: console)
            return try await listing.explain()
        }
        let check = PackageCheck(subject: subject, gate: gate, console: console)
        try await check.explain()
    }

    /// The package, if it is named and not given: a file of that name that is here is given.
    private var listed: PackageListing.Subject? {
        guard let subject, !FileManager.default.fileExists(atPath: subject) else { return nil }
        // A slip of the fingers in a code is no package.
        let area = subject.prefix { $0 != "." }
        guard !subject.contains(".") || RefusalCatalog.codes(named: String(area)).isEmpty else { return nil }
        return PackageListing.Subject(subject)
    }

    /// One code with its members at the document's top, or all codes of an area in an array.
    private func show(_ codes: [any RefusalCode], _ console: Console) {
        for (number, code) in codes.enumerated() {
            if number > 0 { console.say("") }
            RefusalGuide.lines(for: code).forEach { console.say("\($0)") }
        }
        var document = JSONObject()
        if let code = codes.first, codes.count == 1 {
            document = json(code)
        } else {
            document["codes"] = .array(codes.map { .object(json($0)) })
        }
        document["schema"] = 1
        document["status"] = "ok"
        console.emit(document)
    }

    private func showAll(_ console: Console) {
        var table = TextTable(["CODE", "SORT", "WHAT"])
        for code in RefusalCatalog.all {
            table.add([code.rawValue, code.entry.kind.rawValue, code.entry.summary])
        }
        table.lines.forEach { console.say("\($0)") }
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["codes"] = .array(RefusalCatalog.all.map { .object(json($0)) })
        console.emit(document)
    }

    private func json(_ code: any RefusalCode) -> JSONObject {
        var object = JSONObject()
        object["code"] = .string(code.rawValue)
        object["kind"] = .string(code.entry.kind.rawValue)
        object["exit_status"] = .number(JSONNumber(Int64(code.entry.kind.exitStatus)))
        object["summary"] = .string(code.entry.summary)
        object["explanation"] = .string(code.entry.explanation)
        object["remedy"] = .string(code.entry.remedy)
        return object
    }
}
