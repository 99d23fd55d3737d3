// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import TrustCore

@testable import ChannelServer

/// A proxy with trials, asked without a network, and whatever stands in its place.
struct TriedProxy: ServiceCaller {
    static let address = "http://127.0.0.1:8642"

    let scene: ProxyScene
    /// Answers instead of the proxy; nil lets the proxy answer.
    var instead: @Sendable (_ url: String) throws -> ServiceResponse? = { _ in nil }

    init(
        hasTrials: Bool = true,
        instead: @escaping @Sendable (String) throws -> ServiceResponse? = { _ in nil }
    )
        throws
    {
        scene = try ProxyScene(trials: hasTrials) { $0.port = 8642 }
        self.instead = instead
    }

    func send(_ request: ServiceRequest) async throws -> ServiceResponse {
        if let answer = try instead(request.url) { return answer }
        var fields = HTTPFields()
        for (name, value) in request.headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        let answer = try await scene.ask(.get, request.url, fields)
        return ServiceResponse(
            status: answer.status.code,
            headers: answer.headers.map { ($0.name.rawName, $0.value) },
            body: Array(answer.body.readableBytesView)
        )
    }

    var checkup: ProxyCheckup { ProxyCheckup(.usual, self) }
}
