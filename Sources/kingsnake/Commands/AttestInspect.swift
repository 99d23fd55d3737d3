// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import DurableFiles
import Gatekeeper
import Sigstore
import TrustCore

struct AttestInspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show a bundle, or a package's file of bundles, in words, and what of it holds.",
        discussion: """
            Everything is verified against the keys of an instance of Sigstore, without the network unless --sigstore-update says \
            otherwise: certificate, logs, timestamps and signature. With --package it is verified that the bundle is about that \
            file, too: by its digest, and, for what publishers attest (CEP 27), by its name. Whether the signer may publish the \
            package is not asked here. Of several bundles in a file one that holds is enough.
            """
    )

    @Argument(
        help: ArgumentHelp("A bundle (.sigstore.json), or a file of bundles (.sigs).", valueName: "file"),
        completion: .file()
    )
    var file: String

    @Option(
        help: ArgumentHelp("The package that it must be about.", valueName: "file"),
        completion: .file(extensions: ["conda", "tar.bz2"])
    )
    var package: String?

    @OptionGroup var sigstore: SigstoreOptions
    @OptionGroup var locations: LocationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(file, of: "the file")
        try UsageCheck.path(package, of: "--package")
    }

    func run() async throws {
        let console = output.console
        let keys = try await sigstore.keys(home: locations.homeDirectory, refresh: .never, console)
        let package = try package.map { path in
            guard let stored = try DurableFile.open(path, maximumLength: BundleInspection.packageLimit) else {
                throw Failure(.disk, "there is no such file", at: path)
            }
            let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) }
            return BundleInspection.Package(fileName: name ?? path, sha256: try stored.digest())
        }
        let inspections = try BundleInspection.all(
            in: Self.read(file, Sidecar.maximumLength),
            of: file,
            by: BundleVerifier(keys.trustedRoot),
            package: package
        )
        BundleReport(inspections, of: file, by: keys.name).show(console)
        if let worst = BundleInspection.worst(of: inspections) { throw ExitCode(worst.exitStatus) }
    }

    private static func read(_ path: String, _ limit: Int) throws -> [UInt8] {
        guard let bytes = try DurableFile.read(path, maximumLength: limit) else {
            throw Failure(.disk, "there is no such file", at: path)
        }
        return bytes
    }
}
