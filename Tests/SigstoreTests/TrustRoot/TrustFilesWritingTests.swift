// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("Trusted roots and signing configurations as they are written")
struct TrustFilesWritingTests {
    @Test("A trusted root that is written and read again is the same", arguments: SigstoreInstance.allCases)
    func trustedRoots(_ instance: SigstoreInstance) throws {
        try check(TrustedRoot(parsing: instance.trustedRoot))
    }

    @Test("So is that of a simulated instance, with everything that a log and an authority can say")
    func simulated() throws {
        let root = try SimulatedInstance().trustedRoot()
        try check(root)
        let log = root.transparencyLogs[0], authority = root.certificateAuthorities[0]
        let period = ValidityPeriod(
            start: try #require(Moment("2026-01-02T03:04:05.678Z")),
            end: log.validFor.start
        )
        try check(
            TrustedRoot(
                transparencyLogs: [
                    .init(
                        baseURL: log.baseURL,
                        key: log.key,
                        validFor: period,
                        logID: log.logID,
                        checkpointKeyID: Array(log.logID.prefix(4)),
                        operatorName: "an \"operator\""
                    )
                ],
                certificateAuthorities: [
                    .init(
                        uri: authority.uri,
                        certificates: authority.certificates,
                        validFor: period,
                        operatorName: "another"
                    )
                ],
                certificateLogs: [],
                timestampAuthorities: []
            )
        )
    }

    @Test("An authority is named as its last certificate names itself")
    func subjects() throws {
        let root = try SimulatedInstance().trustedRoot()
        let value = try JSONReader.read(root.encoded(), of: "root")
        let subject = value.object?["certificateAuthorities"]?.array?.first?.object?["subject"]?.object
        #expect(subject?["organization"]?.string == "kingsnake.example")
        #expect(subject?["commonName"]?.string == "authority-root")
    }

    private func check(_ root: TrustedRoot) throws {
        let read = try TrustedRoot(parsing: root.encoded())
        #expect(read.transparencyLogs == root.transparencyLogs)
        #expect(read.certificateAuthorities == root.certificateAuthorities)
        #expect(read.certificateLogs == root.certificateLogs)
        #expect(read.timestampAuthorities == root.timestampAuthorities)
        #expect(read.setAside.isEmpty)
    }

    @Test(
        "A signing configuration that is written and read again is the same",
        arguments: [SigningConfig.Selector.any, .all, .exact(2)]
    )
    func signingConfigs(_ selector: SigningConfig.Selector) throws {
        let period = ValidityPeriod(start: Moment(Timestamp(seconds: 0)), end: Moment(Timestamp(seconds: 9)))
        let services = [Int64(1), 2].map { version in
            SigningConfig.Service(
                url: "https://\(version).example",
                majorAPIVersion: version,
                validFor: period,
                operatorName: version == 1 ? "" : "two"
            )
        }
        for timestamps in [[], services] {
            let config = SigningConfig(
                certificateAuthorities: services,
                identityProviders: [services[0]],
                transparencyLogs: services,
                transparencyLogSelector: selector,
                timestampAuthorities: timestamps,
                timestampAuthoritySelector: selector
            )
            let read = try SigningConfig(parsing: config.encoded())
            #expect(read.certificateAuthorities == services && read.transparencyLogs == services)
            #expect(read.identityProviders == [services[0]] && read.timestampAuthorities == timestamps)
            #expect(read.transparencyLogSelector == selector && read.timestampAuthoritySelector == selector)
        }
    }
}
