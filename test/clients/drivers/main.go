// Reads lists with the client of openapi-generator. Prints each operation and its number of rows.
package main

import (
	"context"
	"fmt"
	"os"
	"reflect"

	openapi "github.com/GIT_USER_ID/GIT_REPO_ID"
)

func main() {
	configuration := openapi.NewConfiguration()
	configuration.Servers = openapi.ServerConfigurations{{URL: os.Args[1]}}
	api := reflect.ValueOf(openapi.NewAPIClient(configuration).AggregatesAPI)
	for _, operation := range os.Args[2:] {
		method := api.MethodByName("G" + operation[1:])
		request := method.Call([]reflect.Value{reflect.ValueOf(context.Background())})[0]
		results := request.MethodByName("Execute").Call(nil)
		if err := results[2].Interface(); err != nil {
			panic(fmt.Sprint(operation, ": ", err))
		}
		fmt.Println(operation, results[0].Elem().FieldByName("Data").Len())
	}
}
