// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import DurableFiles
import Foundation
import Gatekeeper
import Installer
import TrustCore
import TrustPolicy

struct InstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract:
            "Install packages into a prefix, after checking each of them from its channel's pinned root down.",
        discussion: """
            Everything is fetched, verified, unpacked and planned before the prefix is changed; if anything is refused, the \
            prefix stays as it was. What is installed already, with every file as it was recorded, is left as it is. \
            Packages are installed exactly as named: nothing is solved, and other packages of the prefix stay.

            Link scripts of packages are reported and not run, unless you ask for it.

            Lock files: @EXPLICIT lists, conda-lock v1, pixi.lock v4 to v7.
            """
    )

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The prefix to install into.", valueName: "dir"),
        completion: .directory
    )
    var prefix: String

    @Option(
        help: ArgumentHelp("A lock file with the packages to install.", valueName: "file"),
        completion: .file()
    )
    var lock: String?

    @Option(
        help: ArgumentHelp("Which platform's packages a lock file is read for. (default: this machine's)")
    )
    var platform: String?

    @Option(help: ArgumentHelp("Which environment of a lock file is meant.", valueName: "name"))
    var environment: String?

    @Argument(help: ArgumentHelp("URLs of packages to install.", valueName: "url"))
    var urls: [String] = []

    @Flag(help: "Install packages anew that are installed already.")
    var reinstall = false

    @Flag(help: "Check and plan everything, and change nothing.")
    var dryRun = false

    @Flag(help: "Run the packages' post-link scripts, with all your rights.")
    var runLinkScripts = false

    @Flag(help: "Let the prefix's Python compile the sources of noarch packages.")
    var compile = false

    @Flag(help: "Copy files, never link them.")
    var copy = false

    @OptionGroup var gate: GateOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard lock != nil || !urls.isEmpty else {
            throw ValidationError("give --lock FILE or URLs of packages")
        }
        guard lock == nil || urls.isEmpty else {
            throw ValidationError("give either --lock FILE or URLs, not both")
        }
        try UsageCheck.path(prefix, of: "--prefix")
        try UsageCheck.path(lock, of: "--lock")
        for url in urls {
            try UsageCheck.url(url, of: "a package to install") { _ = try Self.request($0) }
        }
        if let platform { _ = try UsageCheck.value(platform) { try Subdir($0) } }
    }

    func run() async throws {
        let console = output.console
        let prefix = try Folder.absolute(prefix)
        // First of all: an earlier installation that died here is ended, whatever becomes of this one.
        try Installation(prefix: prefix, options: options).recover()
        if prefix.contains(" ") {
            console.warn("the prefix's path has a space in it; scripts of packages may not work there")
        }
        let wanted = try requests(console)
        let isUsed = !dryRun
        let (packages, reports) = try await gate.withGate(console, recording: isUsed) { gate, display in
            (try await gate.admit(wanted), display.json)
        }
        let refused = packages.map(\.verdict).filter { !$0.isAllowed }
        guard refused.isEmpty else { throw NotAllowed(verdicts: refused) }
        let admitted = packages.compactMap { if case .admitted(let package) = $0 { package } else { nil } }
        let standing = try reinstall ? nil : StandingPackages(of: admitted, in: prefix)
        let report = InstallReport(
            prefix: prefix,
            admitted: admitted,
            standing: standing,
            isFromLock: lock != nil,
            mirrorReports: reports
        )
        let missing = standing?.missing ?? admitted
        guard !missing.isEmpty else { return report.show(nil, isDryRun: dryRun, console) }
        let bar = ProgressBar(console)
        for package in missing { bar.expect(package.record.size ?? 0, label: "unpacking") }
        let installation = Installation(prefix: prefix, options: options) { bar.advance($0.record.size ?? 0) }
        let result = try installation.run(missing, isDryRun: dryRun)
        bar.clear()
        report.show(result, isDryRun: dryRun, console)
    }

    private var options: LinkOptions {
        LinkOptions(
            now: SystemClock.now,
            command: CommandLine.arguments,
            placement: copy ? .copy : .hardLink,
            scripts: runLinkScripts ? .run : .report,
            compilation: compile ? .bytecode : .none
        )
    }

    private func requests(_ console: Console) throws -> [PackageRequest] {
        guard let lock else { return Self.merged(try urls.map { try Self.request($0) }) }
        guard let bytes = try DurableFile.read(lock, maximumLength: LockFile.maximumLength) else {
            throw Failure(.disk, "there is no such file", at: lock)
        }
        let selection = try LockFile.read(bytes, fileName: lock)
            .packages(platform: try platform.map { try Subdir($0) } ?? Self.machine, environment: environment)
        for entry in selection.unsupported {
            console.warn(
                "the lock's line \(entry.line), `\(entry.name)`, is a \(entry.kind.rawValue) entry: not installed"
            )
        }
        warn(of: selection.packages.compactMap(\.missingDigest), console)
        return selection.packages.map { package in
            let digests = [package.sha256, package.md5].compactMap { $0 }
            return PackageRequest(package.location, lock: LockDemand(digests: digests))
        }
    }

    /// Says which locked packages the lock does not bind to any bytes.
    private func warn(of unbound: [Refusal], _ console: Console) {
        guard let code = unbound.first?.code.rawValue else { return }
        let names = unbound.prefix(4).map(\.subject).joined(separator: ", ")
        console.warn(
            """
            the lock gives no SHA-256 for \(Counted(unbound.count, "package")) (\(names)\(unbound.count > 4 ? ", …" : "")): \
            which bytes are installed is decided by the channel's signed index alone; run `kingsnake explain \(code)`
            """
        )
    }

    /// The requests with each URL once, and everything that was demanded of it.
    private static func merged(_ requests: [PackageRequest]) -> [PackageRequest] {
        var demands: [PackageURL: [Digest]] = [:]
        for request in requests { demands[request.url, default: []] += request.lock?.digests ?? [] }
        var seen: Set<PackageURL> = []
        return requests.map(\.url).filter { seen.insert($0).inserted }.map { url in
            let digests = demands[url] ?? []
            return PackageRequest(url, lock: digests.isEmpty ? nil : LockDemand(digests: digests))
        }
    }

    /// A package's URL, with `#sha256:…` or `#MD5` behind it as in an explicit lock.
    private static func request(_ text: String) throws -> PackageRequest {
        guard text.contains("#") else { return PackageRequest(try PackageURL(text)) }
        let line = Array("@EXPLICIT\n\(text)\n".utf8)
        let packages = try LockFile.read(line, fileName: text).packages(platform: machine).packages
        guard let package = packages.first else { return PackageRequest(try PackageURL(text)) }
        let digests = [package.sha256, package.md5].compactMap { $0 }
        return PackageRequest(package.location, lock: LockDemand(digests: digests))
    }

    /// What conda calls this machine.
    static var machine: Subdir {
        get throws {
            #if os(macOS)
                let system = "osx"
            #else
                let system = "linux"
            #endif
            #if arch(arm64)
                return try Subdir(system == "osx" ? "osx-arm64" : "linux-aarch64")
            #else
                return try Subdir(system + "-64")
            #endif
        }
    }
}
